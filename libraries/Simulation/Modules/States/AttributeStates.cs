using FhirAspire.Simulation.Engine;

namespace FhirAspire.Simulation.Modules.States;

/// <summary>Sets, copies or removes an attribute.</summary>
internal sealed class SetAttributeState : State
{
    public required int Attribute { get; init; }

    public NumberSource? Number { get; init; }

    /// <summary>Whether a drawn number is whole (a rounded distribution).</summary>
    public bool IsWhole { get; init; }

    /// <summary>A fixed value; with <see cref="AttributeValue.None"/> the attribute is removed.</summary>
    public AttributeValue Value { get; init; }

    /// <summary>Slot of the attribute to copy; -1 for none.</summary>
    public int Source { get; init; } = -1;

    public override bool Process(Life life, Frame frame, long time)
    {
        if (Number is not null)
        {
            var value = Number.Draw(life.Random);
            life.Set(Attribute, IsWhole ? AttributeValue.OfInteger((long)value) : AttributeValue.OfReal(value));
        }
        else
        {
            life.Set(Attribute, Source >= 0 ? life.Attributes[Source] : Value);
        }

        return true;
    }
}

/// <summary>Counts an attribute up or down; a missing one counts from 0.</summary>
internal sealed class CounterState : State
{
    public required int Attribute { get; init; }

    /// <summary>Negative to count down.</summary>
    public required double Amount { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        var value = life.Attributes[Attribute];
        var before = value.Kind switch
        {
            AttributeKind.None => 0,
            AttributeKind.Integer or AttributeKind.Real => value.Number,
            _ => throw life.Fault(frame, $"the counter's attribute '{life.Modules.Attributes.Name(Attribute)}' holds {value.Describe()}; expected a number"),
        };
        life.Set(Attribute, AttributeValue.OfReal(before + Amount));
        return true;
    }
}

/// <summary>Sets a symptom of this module.</summary>
internal sealed class SymptomState : State
{
    public required int Symptom { get; init; }

    public required NumberSource Value { get; init; }

    public double Probability { get; init; } = 1;

    public override bool Process(Life life, Frame frame, long time)
    {
        var value = (int)Value.Draw(life.Random);
        if (life.Random.NextDouble() <= Probability)
        {
            life.Symptoms.Set(Symptom, frame.Run.Number, Math.Clamp(value, 0, 100));
        }
        else
        {
            life.Symptoms.Set(Symptom, frame.Run.Number, 0);
        }

        return true;
    }
}

/// <summary>Gives a vital sign a range that is drawn from at every read.</summary>
internal sealed class VitalSignState : State
{
    public required int VitalSign { get; init; }

    public required NumberSource Value { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        life.Vitals.Override(VitalSign, Value);
        return true;
    }
}
