using FhirAspire.Simulation.Engine;

namespace FhirAspire.Simulation.Modules.Transitions;

/// <summary>What a key column of a lookup table is compared with.</summary>
internal enum LookupKind
{
    Attribute,
    Age,
    Time,
}

/// <summary>A key column.</summary>
internal sealed record LookupKey(string Name, LookupKind Kind, int Attribute);

/// <summary>A cell of a key column: an inclusive range, or a text.</summary>
internal readonly record struct LookupCell(string? Text, long Low, long High);

/// <summary>A row.</summary>
internal sealed record LookupRow(LookupCell[] Cells, double[] Probabilities);

/// <summary>A lookup table. Rows are grouped by the texts of their attribute columns, since tables have thousands of rows and are asked often.</summary>
internal sealed class LookupTable
{
    private readonly string name;
    private readonly LookupKey[] keys;
    private readonly Dictionary<string, int>[] texts;
    private readonly Dictionary<long, List<LookupRow>> groups = [];
    private readonly int timeColumn;
    private readonly long firstTime;
    private readonly long lastTime;

    public LookupTable(string name, LookupKey[] keys, IEnumerable<LookupRow> rows)
    {
        this.name = name;
        this.keys = keys;
        texts = [.. keys.Select(_ => new Dictionary<string, int>(StringComparer.Ordinal))];
        foreach (var row in rows)
        {
            var group = 0L;
            for (var i = 0; i < keys.Length; i++)
            {
                if (keys[i].Kind == LookupKind.Attribute)
                {
                    if (!texts[i].TryGetValue(row.Cells[i].Text!, out var number))
                    {
                        texts[i].Add(row.Cells[i].Text!, number = texts[i].Count);
                    }

                    group = (group << 10) | (uint)number;
                }
            }

            if (!groups.TryGetValue(group, out var list))
            {
                groups.Add(group, list = []);
            }

            list.Add(row);
        }

        timeColumn = Array.FindIndex(keys, k => k.Kind == LookupKind.Time);
        if (timeColumn >= 0)
        {
            var cells = groups.Values.SelectMany(g => g).Select(r => r.Cells[timeColumn]).ToList();
            firstTime = cells.Count == 0 ? long.MaxValue : cells.Min(c => c.Low);
            lastTime = cells.Count == 0 ? long.MinValue : cells.Max(c => c.High);
        }
    }

    /// <summary>The first row that fits; null when none does.</summary>
    public LookupRow? Find(Life life, Frame frame, long time)
    {
        if (timeColumn >= 0 && (time < firstTime || time > lastTime))
        {
            return null;
        }

        var group = 0L;
        var isKnown = true;
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i].Kind != LookupKind.Attribute)
            {
                continue;
            }

            var text = life.ReadAttribute(keys[i].Attribute).AsText()
                ?? throw life.Fault(frame, $"the table '{name}' asks for the attribute '{keys[i].Name}', which is not set");
            isKnown &= texts[i].TryGetValue(text, out var number);
            group = (group << 10) | (uint)number;
        }

        if (!isKnown || !groups.TryGetValue(group, out var rows))
        {
            return null;
        }

        var age = life.AgeInYears(time);
        foreach (var row in rows)
        {
            if (Fits(row, age, time))
            {
                return row;
            }
        }

        return null;
    }

    private bool Fits(LookupRow row, int age, long time)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            var cell = row.Cells[i];
            var fits = keys[i].Kind switch
            {
                LookupKind.Age => age >= cell.Low && age <= cell.High,
                LookupKind.Time => time >= cell.Low && time <= cell.High,
                _ => true,
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }
}
