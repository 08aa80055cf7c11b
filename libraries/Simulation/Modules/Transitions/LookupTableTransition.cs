using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Modules.States;

namespace FhirAspire.Simulation.Modules.Transitions;

/// <summary>By chance, with probabilities from the first row of a table that fits the person.</summary>
internal sealed class LookupTableTransition(string table, LookupKey[] keys, LookupRow[] rows, State[] targets, double[] defaults) : Transition
{
    public override State Next(Life life, Frame frame, long time)
    {
        var probabilities = defaults;
        Span<string?> texts = new string?[keys.Length];
        for (var i = 0; i < keys.Length; i++)
        {
            if (keys[i].Kind == LookupKind.Attribute)
            {
                texts[i] = life.ReadAttribute(keys[i].Attribute).AsText()
                    ?? throw life.Fault(frame, $"the table '{table}' asks for the attribute '{keys[i].Name}', which is not set");
            }
        }

        var age = life.AgeInYears(time);
        foreach (var row in rows)
        {
            if (Fits(row, age, time, texts))
            {
                probabilities = row.Probabilities;
                break;
            }
        }

        var draw = life.Random.NextDouble();
        var sum = 0.0;
        for (var i = 0; i < probabilities.Length; i++)
        {
            sum += probabilities[i];
            if (draw < sum)
            {
                return targets[i];
            }
        }

        return targets[^1];
    }

    private bool Fits(LookupRow row, int age, long time, ReadOnlySpan<string?> texts)
    {
        for (var i = 0; i < keys.Length; i++)
        {
            var cell = row.Cells[i];
            var fits = keys[i].Kind switch
            {
                LookupKind.Age => age >= cell.Low && age <= cell.High,
                LookupKind.Time => time >= cell.Low && time <= cell.High,
                _ => string.Equals(cell.Text, texts[i], StringComparison.Ordinal),
            };
            if (!fits)
            {
                return false;
            }
        }

        return true;
    }
}

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
