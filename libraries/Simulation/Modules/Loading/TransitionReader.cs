using FhirAspire.Simulation.Modules.States;
using FhirAspire.Simulation.Modules.Transitions;

namespace FhirAspire.Simulation.Modules.Loading;

/// <summary>Reads transitions, once all states of the module are known.</summary>
internal sealed class TransitionReader(LoadContext context, Dictionary<string, State> states)
{
    private static readonly string[] Kinds =
    [
        "direct_transition", "conditional_transition", "distributed_transition", "complex_transition", "lookup_table_transition", "type_of_care_transition",
    ];

    public Transition? Read(JsonFields fields)
    {
        if (fields.Has("alt_direct_transition"))
        {
            return Target(fields, "alt_direct_transition") is { } alternative ? new DirectTransition(alternative) : null;
        }

        var present = Kinds.Where(fields.Has).ToList();
        if (present.Count != 1)
        {
            fields.Report(
                null,
                present.Count == 0 ? "no transition" : "several transitions: " + string.Join(", ", present),
                "exactly one of " + string.Join(", ", Kinds),
                present.Count == 0 ? MisspelledKind(fields) : null);
            return null;
        }

        switch (present[0])
        {
            case "direct_transition":
                return Target(fields, "direct_transition") is { } target ? new DirectTransition(target) : null;
            case "conditional_transition":
                return ReadConditional(fields);
            case "distributed_transition":
                return Weighted(fields.Objects("distributed_transition", required: true)) is { Length: > 0 } ways ? new DistributedTransition(ways) : null;
            case "complex_transition":
                return ReadComplex(fields);
            case "lookup_table_transition":
                return new LookupTableReader(context, this).Read(fields);
            default:
                return ReadTypeOfCare(fields);
        }
    }

    public State? Target(JsonFields fields, string key)
    {
        var name = fields.Text(key, required: true);
        if (name is null)
        {
            return null;
        }

        if (states.TryGetValue(name, out var state))
        {
            return state;
        }

        fields.Report(key, $"'{name}'", "the name of a state of this module", Suggestion.For(name, states.Keys));
        return null;
    }

    private static string? MisspelledKind(JsonFields fields)
    {
        foreach (var property in fields.Element.EnumerateObject())
        {
            if (property.Name.Contains("transition", StringComparison.OrdinalIgnoreCase))
            {
                return Suggestion.For(property.Name, Kinds);
            }
        }

        return null;
    }

    private ConditionalTransition? ReadConditional(JsonFields fields)
    {
        var ways = new List<ConditionalWay>();
        foreach (var way in fields.Objects("conditional_transition", required: true))
        {
            var condition = way.Object("condition") is { } found ? ConditionReader.Read(found) : null;
            if (Target(way, "transition") is { } target)
            {
                ways.Add(new ConditionalWay(condition, target));
            }
        }

        return ways.Count > 0 ? new ConditionalTransition([.. ways]) : null;
    }

    private ComplexTransition? ReadComplex(JsonFields fields)
    {
        var ways = new List<ComplexWay>();
        foreach (var way in fields.Objects("complex_transition", required: true))
        {
            var condition = way.Object("condition") is { } found ? ConditionReader.Read(found) : null;
            if (way.Has("distributions") && !(way.Has("transition") && way.Element.GetProperty("distributions") is { ValueKind: System.Text.Json.JsonValueKind.Array } list && list.GetArrayLength() == 0))
            {
                if (Weighted(way.Objects("distributions", required: true)) is { Length: > 0 } weighted)
                {
                    ways.Add(new ComplexWay(condition, null, weighted));
                }
            }
            else if (Target(way, "transition") is { } target)
            {
                ways.Add(new ComplexWay(condition, target, null));
            }
        }

        return ways.Count > 0 ? new ComplexTransition([.. ways]) : null;
    }

    private WeightedWay[] Weighted(List<JsonFields> entries)
    {
        var ways = new List<WeightedWay>();
        foreach (var entry in entries)
        {
            var weight = 0.0;
            var attribute = -1;
            if (entry.Has("distribution") && entry.Element.GetProperty("distribution").ValueKind == System.Text.Json.JsonValueKind.Object)
            {
                var named = entry.Object("distribution")!.Value;
                attribute = context.Attributes.Slot(named.Text("attribute", required: true) ?? "");
                weight = named.Number("default", required: true) ?? 0;
            }
            else
            {
                weight = entry.Number("distribution", required: true) ?? 0;
            }

            if (weight < 0)
            {
                entry.Report("distribution", weight.ToString(), "a probability of 0 or more");
            }

            if (Target(entry, "transition") is { } target)
            {
                ways.Add(new WeightedWay(weight, attribute, target));
            }
        }

        return [.. ways];
    }

    private TypeOfCareTransition? ReadTypeOfCare(JsonFields fields)
    {
        if (fields.Object("type_of_care_transition", required: true) is not { } ways)
        {
            return null;
        }

        var ambulatory = Target(ways, "ambulatory");
        var emergency = Target(ways, "emergency");
        var telemedicine = Target(ways, "telemedicine");
        return ambulatory is null || emergency is null || telemedicine is null ? null : new TypeOfCareTransition(ambulatory, emergency, telemedicine);
    }
}
