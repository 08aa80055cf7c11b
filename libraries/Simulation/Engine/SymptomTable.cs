namespace FhirAspire.Simulation.Engine;

/// <summary>
/// A person's symptoms: for each symptom and module a value, and whether it has been addressed.
/// Setting a value makes it unaddressed again.
/// </summary>
internal sealed class SymptomTable(int symptoms)
{
    private readonly List<(int Module, int Value, bool IsAddressed)>?[] values = new List<(int, int, bool)>?[symptoms];
    private bool totalIsStale;
    private int total;

    /// <summary>The sum over symptoms of their highest unaddressed value.</summary>
    public int Total
    {
        get
        {
            if (totalIsStale)
            {
                total = 0;
                for (var i = 0; i < values.Length; i++)
                {
                    if (values[i] is not null)
                    {
                        total += Highest(i);
                    }
                }

                totalIsStale = false;
            }

            return total;
        }
    }

    public void Set(int symptom, int module, int value)
    {
        var list = values[symptom] ??= [];
        totalIsStale = true;
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Module == module)
            {
                list[i] = (module, value, false);
                return;
            }
        }

        list.Add((module, value, false));
    }

    /// <summary>The highest value over all modules, 0 when there is none that is not addressed.</summary>
    public int Highest(int symptom)
    {
        if (values[symptom] is not { } list)
        {
            return 0;
        }

        var highest = 0;
        foreach (var (_, value, isAddressed) in list)
        {
            if (!isAddressed)
            {
                highest = Math.Max(highest, value);
            }
        }

        return highest;
    }

    /// <summary>The largest symptom counts as addressed until a module sets it again.</summary>
    public void AddressLargest()
    {
        var largest = -1;
        var highest = 0;
        for (var i = 0; i < values.Length; i++)
        {
            var value = Highest(i);
            if (value > highest)
            {
                highest = value;
                largest = i;
            }
        }

        if (largest < 0)
        {
            return;
        }

        totalIsStale = true;
        var list = values[largest]!;
        for (var i = 0; i < list.Count; i++)
        {
            list[i] = list[i] with { IsAddressed = true };
        }
    }

    public void Clear()
    {
        Array.Clear(values);
        total = 0;
        totalIsStale = false;
    }
}
