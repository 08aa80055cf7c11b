using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules.Conditions;

internal sealed class ConstantCondition(bool value) : Condition
{
    public override bool Test(Life life, Frame frame, long time) => value;
}

internal sealed class AndCondition(Condition[] conditions) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        foreach (var condition in conditions)
        {
            if (!condition.Test(life, frame, time))
            {
                return false;
            }
        }

        return true;
    }
}

internal sealed class OrCondition(Condition[] conditions) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        foreach (var condition in conditions)
        {
            if (condition.Test(life, frame, time))
            {
                return true;
            }
        }

        return false;
    }
}

internal sealed class NotCondition(Condition condition) : Condition
{
    public override bool Test(Life life, Frame frame, long time) => !condition.Test(life, frame, time);
}

/// <summary>At least, or at most, so many of the conditions are true.</summary>
internal sealed class CountCondition(int limit, bool atLeast, Condition[] conditions) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        var count = 0;
        foreach (var condition in conditions)
        {
            if (condition.Test(life, frame, time))
            {
                count++;
            }
        }

        return atLeast ? count >= limit : count <= limit;
    }
}

/// <summary>Whole years or months, by calendar in UTC.</summary>
internal sealed class AgeCondition(Comparison comparison, double quantity, bool inMonths) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
        => comparison.Holds(inMonths ? life.AgeInMonths(time) : life.AgeInYears(time), quantity);
}

internal sealed class GenderCondition(string gender) : Condition
{
    public override bool Test(Life life, Frame frame, long time) => life.Gender == gender;
}

internal sealed class RaceCondition(string race) : Condition
{
    public override bool Test(Life life, Frame frame, long time) => string.Equals(life.Race, race, StringComparison.OrdinalIgnoreCase);
}

internal sealed class SocioeconomicCondition(string category) : Condition
{
    public override bool Test(Life life, Frame frame, long time) => life.SocioeconomicCategory == category;
}

/// <summary>The calendar year, UTC.</summary>
internal sealed class YearCondition(Comparison comparison, int year) : Condition
{
    public override bool Test(Life life, Frame frame, long time) => comparison.Holds(life.YearOf(time), year);
}

/// <summary>The calendar month, UTC, 1 to 12.</summary>
internal sealed class MonthCondition(Comparison comparison, int month) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        SimTime.Civil(SimTime.DayNumber(time), out _, out var actual, out _);
        return comparison.Holds(actual, month);
    }
}

/// <summary>An instant, UTC.</summary>
internal sealed class InstantCondition(Comparison comparison, long instant) : Condition
{
    public override bool Test(Life life, Frame frame, long time) => comparison.Holds(time, instant);
}

/// <summary>An attribute. A missing one makes every comparison false but "is nil".</summary>
internal sealed class AttributeCondition(int attribute, Comparison comparison, AttributeValue expected) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        var value = life.ReadAttribute(attribute);
        if (comparison == Comparison.IsNil)
        {
            return !value.Exists;
        }

        if (comparison == Comparison.IsNotNil)
        {
            return value.Exists;
        }

        if (!value.Exists)
        {
            return false;
        }

        if (value.IsNumber && expected.IsNumber)
        {
            return comparison.Holds(value.Number, expected.Number);
        }

        if (value.Kind == AttributeKind.Boolean && expected.Kind == AttributeKind.Boolean)
        {
            return comparison.Holds(value.Number, expected.Number);
        }

        if (value.Kind == AttributeKind.Text && expected.Kind == AttributeKind.Text)
        {
            return comparison.Holds(string.CompareOrdinal(value.Text, expected.Text), 0);
        }

        throw life.Fault(frame, $"the attribute '{life.Modules.Attributes.Name(attribute)}' holds {value.Describe()}, which cannot be compared with {expected.Describe()}");
    }
}

/// <summary>Any of the codes is present; the kind of entry does not matter.</summary>
internal sealed class PresentCondition(Code[] codes) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        foreach (var code in codes)
        {
            if (life.Present.Find(code) is not null)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The first code of the entry or code that an attribute holds is present.</summary>
internal sealed class PresentAttributeCondition(int attribute) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        var value = life.Attributes[attribute];
        if (!value.Exists)
        {
            return false;
        }

        var code = value.AsCode() ?? throw life.Fault(frame, $"the attribute '{life.Modules.Attributes.Name(attribute)}' holds {value.Describe()}; expected a code or an entry");
        return life.Present.Find(code) is not null;
    }
}

/// <summary>Any of the medications is present and not stopped.</summary>
internal sealed class ActiveMedicationCondition(Code[]? codes, int attribute) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        if (codes is null)
        {
            return life.Attributes[attribute].AsCode() is { } code && IsActive(life, frame, code);
        }

        foreach (var code in codes)
        {
            if (IsActive(life, frame, code))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsActive(Life life, Frame frame, Code code) => life.Present.Find(code) switch
    {
        null => false,
        Medication medication => medication.IsOpen,
        var other => throw life.Fault(frame, $"{code} is present as a {other.GetType().Name.ToLowerInvariant()}; expected a medication"),
    };
}

/// <summary>Any of the care plans is present and not stopped.</summary>
internal sealed class ActiveCarePlanCondition(Code[] codes) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        foreach (var code in codes)
        {
            if (life.Present.Find(code) is { IsOpen: true })
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>The first such observation of the latest encounter that has one.</summary>
internal sealed class ObservationCondition(Code code, Comparison comparison, AttributeValue expected) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        var observation = life.Writer.LatestObservation(code);
        if (comparison == Comparison.IsNil)
        {
            return observation is null;
        }

        if (comparison == Comparison.IsNotNil)
        {
            return observation is not null;
        }

        if (observation is null)
        {
            throw life.Fault(frame, $"there is no observation {code} to compare; ask first whether it 'is not nil'");
        }

        if (expected.Kind == AttributeKind.Code)
        {
            var same = observation.ValueKind == ObservationValueKind.Code && observation.CodeValue.Value == expected.AsCode()!.Value;
            return comparison == Comparison.NotEqual ? !same : same;
        }

        return observation.ValueKind switch
        {
            ObservationValueKind.Number when expected.IsNumber => comparison.Holds(observation.NumberValue, expected.Number),
            ObservationValueKind.Text when expected.Kind == AttributeKind.Text => comparison.Holds(string.CompareOrdinal(observation.TextValue, expected.Text), 0),
            ObservationValueKind.Boolean when expected.Kind == AttributeKind.Boolean => comparison.Holds(observation.BooleanValue ? 1 : 0, expected.Number),
            _ => throw life.Fault(frame, $"the observation {code} cannot be compared with {expected.Describe()}"),
        };
    }
}

internal sealed class VitalSignCondition(int vitalSign, Comparison comparison, double expected) : Condition
{
    public override bool Test(Life life, Frame frame, long time) => comparison switch
    {
        Comparison.IsNil => !life.Vitals.Has(vitalSign),
        Comparison.IsNotNil => life.Vitals.Has(vitalSign),
        _ => comparison.Holds(life.Vitals.Read(vitalSign, time, frame), expected),
    };
}

/// <summary>The highest value that is not addressed yet, over all modules.</summary>
internal sealed class SymptomCondition(int symptom, Comparison comparison, double expected) : Condition
{
    public override bool Test(Life life, Frame frame, long time) => comparison.Holds(life.Symptoms.Highest(symptom), expected);
}

/// <summary>Looks back over the states that the module has been in.</summary>
internal sealed class PriorStateCondition(int name, int since, NumberSource? within, TimeUnit unit) : Condition
{
    public override bool Test(Life life, Frame frame, long time)
    {
        var window = within is null ? long.MinValue : time - within.DrawDuration(life.Random, unit);
        return frame.HasVisited(name, since, window);
    }
}
