namespace FhirAspire.Simulation.Engine;

/// <summary>
/// A person's symptoms: a value for each symptom and module, and for each symptom whether it has been addressed.
/// Setting a value makes the symptom unaddressed again.
/// </summary>
internal sealed class SymptomTable(int symptoms)
{
    private readonly List<(int Module, int Value)>?[] values = new List<(int, int)>?[symptoms];
    private readonly bool[] addressed = new bool[symptoms];
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
        addressed[symptom] = false;
        totalIsStale = true;
        for (var i = 0; i < list.Count; i++)
        {
            if (list[i].Module == module)
            {
                list[i] = (module, value);
                return;
            }
        }

        list.Add((module, value));
    }

    /// <summary>The highest value over all modules, 0 when there is none or it has been addressed.</summary>
    public int Highest(int symptom)
    {
        if (addressed[symptom] || values[symptom] is not { } list)
        {
            return 0;
        }

        var highest = 0;
        foreach (var (_, value) in list)
        {
            highest = Math.Max(highest, value);
        }

        return highest;
    }

    /// <summary>The largest symptom counts as addressed from now on.</summary>
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

        if (largest >= 0)
        {
            addressed[largest] = true;
            totalIsStale = true;
        }
    }

    public void Clear()
    {
        Array.Clear(values);
        Array.Clear(addressed);
        total = 0;
        totalIsStale = false;
    }
}
