using System.Globalization;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Modules.States;
using FhirAspire.Simulation.Modules.Transitions;

namespace FhirAspire.Simulation.Modules.Loading;

/// <summary>Reads a transition by lookup table, and its table: the last columns are the transitions, the others the key.</summary>
internal sealed class LookupTableReader(LoadContext context, TransitionReader transitions)
{
    public LookupTableTransition? Read(JsonFields fields)
    {
        var entries = fields.Objects("lookup_table_transition", required: true);
        var targets = new List<State>();
        var names = new List<string>();
        var defaults = new List<double>();
        string? file = null;
        foreach (var entry in entries)
        {
            file ??= entry.Text("lookup_table_name", required: true);
            defaults.Add(entry.Number("default_probability", required: true) ?? 0);
            if (transitions.Target(entry, "transition") is { } target)
            {
                targets.Add(target);
                names.Add(target.Name);
            }
        }

        if (file is null || targets.Count != entries.Count || targets.Count == 0)
        {
            return null;
        }

        var text = context.LookupTable(file);
        if (text is null)
        {
            fields.Report("lookup_table_name", $"'{file}'", "a file in lookup_tables/");
            return null;
        }

        try
        {
            return ReadTable(fields, file, text, targets, names, defaults);
        }
        catch (SimulationException e)
        {
            fields.Report("lookup_table_name", $"'{file}': {e.Message}", "a readable table");
            return null;
        }
    }

    private LookupTableTransition? ReadTable(JsonFields fields, string file, string text, List<State> targets, List<string> names, List<double> defaults)
    {
        using var table = CsvTable.Parse(text, file);
        var header = table.Header;
        var keyCount = header.Length - names.Count;
        var tail = keyCount < 0 ? header : header[keyCount..];
        var missing = names.Except(tail, StringComparer.Ordinal).ToList();
        if (keyCount < 1 || missing.Count > 0)
        {
            fields.Report("lookup_table_name", $"'{file}' with the columns {string.Join(", ", header)}", $"key columns, then {string.Join(", ", names)}",
                missing.Count > 0 ? Suggestion.For(missing[0], header) : null);
            return null;
        }

        var columns = names.Select(name => keyCount + Array.IndexOf(tail, name)).ToArray();
        var keys = header.Take(keyCount).Select(Key).ToArray();
        var rows = new List<LookupRow>();
        while (table.Read())
        {
            rows.Add(new LookupRow(
                [.. keys.Select((key, i) => Cell(key, table[i], $"{file}:{table.Line}"))],
                [.. columns.Select(c => table.Number(c))]));
        }

        return new LookupTableTransition(new LookupTable(file, keys, rows), [.. targets], [.. Enumerable.Range(0, columns.Length)], [.. defaults]);
    }

    private LookupKey Key(string column) => column switch
    {
        "age" => new LookupKey(column, LookupKind.Age, -1),
        "time" => new LookupKey(column, LookupKind.Time, -1),
        _ => new LookupKey(column, LookupKind.Attribute, context.Attributes.Slot(column)),
    };

    private static LookupCell Cell(LookupKey key, string text, string place)
    {
        switch (key.Kind)
        {
            case LookupKind.Age:
                var ages = text.Split('-');
                if (ages.Length is 1 or 2 && Whole(ages[0], out var low) && Whole(ages[^1], out var high))
                {
                    return new LookupCell(null, low, high);
                }

                throw new SimulationException("SIM011", place, $"column 'age' holds '{text}'; expected low-high in whole years");
            case LookupKind.Time:
                var parts = text.Split('-');
                if (parts.Length == 6 && parts.All(p => Whole(p, out _)))
                {
                    var n = parts.Select(p => int.Parse(p, CultureInfo.InvariantCulture)).ToArray();
                    return new LookupCell(null, SimTime.Of(n[0], n[1], n[2]), SimTime.Of(n[3], n[4], n[5]) + SimTime.Day - 1);
                }

                if (parts.Length == 2 && Whole(parts[0], out var from) && Whole(parts[1], out var to))
                {
                    return new LookupCell(null, from, to);
                }

                throw new SimulationException("SIM011", place, $"column 'time' holds '{text}'; expected yyyy-mm-dd-yyyy-mm-dd or milliseconds low-high");
            default:
                return new LookupCell(text, 0, 0);
        }
    }

    private static bool Whole(string text, out long value) => long.TryParse(text.Trim(), NumberStyles.Integer, CultureInfo.InvariantCulture, out value);
}
