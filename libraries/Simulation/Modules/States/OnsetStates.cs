using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules.States;

/// <summary>Something that begins, at once or when an encounter state of the given name is entered.</summary>
internal abstract class OnsetState : State
{
    public required Code[] Codes { get; init; }

    /// <summary>The encounter state that records it; null for at once.</summary>
    public string? TargetEncounter { get; init; }

    /// <summary>Slot to hold the entry; -1 for none.</summary>
    public int Attribute { get; init; } = -1;

    public override bool Process(Life life, Frame frame, long time)
    {
        // Within the encounter itself it is recorded at once as well.
        if (TargetEncounter is null || frame.Run.Encounter?.Name == TargetEncounter)
        {
            Diagnose(life, time);
            return true;
        }

        frame.AddPending(this);
        if (Attribute >= 0)
        {
            // Until it is recorded, the attribute holds an entry outside of the record, so that reasons and conditions on it work.
            var provisional = new Condition { Start = time };
            provisional.SetCodes(Codes);
            life.Set(Attribute, AttributeValue.Of(provisional));
        }

        return true;
    }

    /// <summary>Records it.</summary>
    public void Diagnose(Life life, long time)
    {
        var entry = Record(life, time);
        entry.Name = Name;
        if (Attribute >= 0)
        {
            life.Set(Attribute, AttributeValue.Of(entry));
        }
    }

    protected abstract Entry Record(Life life, long time);
}

/// <summary>A condition begins.</summary>
internal sealed class ConditionOnsetState : OnsetState
{
    protected override Entry Record(Life life, long time) => life.Writer.StartCondition(Codes, time);
}

/// <summary>One possible reaction of an allergy.</summary>
/// <param name="Code">What it is.</param>
/// <param name="Weights">Weights of severe, moderate, mild and none.</param>
internal sealed record PossibleReaction(Code Code, double[] Weights);

/// <summary>An allergy begins.</summary>
internal sealed class AllergyOnsetState : OnsetState
{
    public required string AllergyType { get; init; }

    public required string Category { get; init; }

    public required PossibleReaction[] Reactions { get; init; }

    protected override Entry Record(Life life, long time)
    {
        var entry = life.Writer.StartAllergy(Codes, time, out var isNew);
        if (isNew && entry is Allergy allergy)
        {
            allergy.AllergyType = AllergyType;
            allergy.Category = Category;
            var reactions = new List<Reaction>(Reactions.Length);
            foreach (var reaction in Reactions)
            {
                var severity = life.Random.PickWeighted(reaction.Weights);
                if (severity < 3)
                {
                    reactions.Add(new Reaction(reaction.Code, (ReactionSeverity)(2 - severity)));
                }
            }

            allergy.Reactions = reactions;
        }

        return entry;
    }
}

/// <summary>Ends a condition, allergy, care plan or device: by the name of the state that began it, by an attribute, or by codes.</summary>
internal abstract class EndState : State
{
    /// <summary>Name of the state that began it.</summary>
    public string? StateName { get; init; }

    /// <summary>Slot of the attribute that holds it; -1 for none.</summary>
    public int Attribute { get; init; } = -1;

    public Code[]? Codes { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        if (StateName is not null)
        {
            if (life.Present.FindByState(StateName) is { } entry)
            {
                End(life, entry, time);
            }
        }
        else if (Attribute >= 0)
        {
            var value = life.Attributes[Attribute];
            if (value.Entry is { } entry)
            {
                End(life, entry, time);
            }
            else
            {
                MissingAttribute(life, frame);
            }
        }
        else if (Codes is not null)
        {
            foreach (var code in Codes)
            {
                if (life.Present.Find(code) is { } entry)
                {
                    End(life, entry, time);
                }
            }
        }

        return true;
    }

    /// <summary>What to do when the attribute holds no entry: nothing, unless said otherwise.</summary>
    protected virtual void MissingAttribute(Life life, Frame frame)
    {
    }

    protected virtual void End(Life life, Entry entry, long time) => life.Writer.End(entry, time);
}

/// <summary>A condition ends.</summary>
internal sealed class ConditionEndState : EndState
{
}

/// <summary>An allergy ends.</summary>
internal sealed class AllergyEndState : EndState
{
}

/// <summary>A device is taken away.</summary>
internal sealed class DeviceEndState : EndState
{
}

/// <summary>A care plan ends.</summary>
internal sealed class CarePlanEndState : EndState
{
    protected override void End(Life life, Entry entry, long time) => life.Writer.EndCarePlan(entry, time);
}

/// <summary>A medication is stopped.</summary>
internal sealed class MedicationEndState : EndState
{
    protected override void End(Life life, Entry entry, long time) => life.Writer.EndMedication(entry, time);

    // Synthea gives the patient up here (modules.md 6); a fault that names the place says the same to the module's author.
    protected override void MissingAttribute(Life life, Frame frame)
        => throw life.Fault(frame, $"the attribute '{life.Modules.Attributes.Name(Attribute)}' holds no medication to end; set it first, or ask whether it is there");
}
