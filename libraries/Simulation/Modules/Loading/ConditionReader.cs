using System.Text.Json;
using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Lifecycle;
using FhirAspire.Simulation.Modules.Conditions;

namespace FhirAspire.Simulation.Modules.Loading;

/// <summary>Reads logical conditions.</summary>
internal static class ConditionReader
{
    private static readonly string[] Types =
    [
        "Attribute", "Age", "PriorState", "Active Condition", "Or", "And", "Date", "Gender", "Active Medication", "Race", "Not", "Observation",
        "Active Allergy", "Vital Sign", "Symptom", "At Least", "At Most", "Socioeconomic Status", "Active CarePlan", "True", "False",
    ];

    private static readonly string[] Races = ["white", "black", "asian", "native", "hawaiian", "other", "hispanic"];
    private static readonly string[] Genders = ["M", "F"];
    private static readonly string[] Categories = ["Low", "Middle", "High"];

    /// <summary>A condition; one that is wrong reads as false, and the fault is noted.</summary>
    public static Condition Read(JsonFields fields)
    {
        var type = fields.OneOf("condition_type", Types);
        if (type < 0)
        {
            return new ConstantCondition(false);
        }

        return Types[type] switch
        {
            "Attribute" => ReadAttribute(fields),
            "Age" => ReadAge(fields),
            "PriorState" => ReadPriorState(fields),
            "Active Condition" or "Active Allergy" => ReadPresent(fields),
            "Active Medication" => new ActiveMedicationCondition(fields.Has("codes") ? fields.Codes("codes") : null, AttributeOf(fields)),
            "Active CarePlan" => fields.Has("codes") ? new ActiveCarePlanCondition(fields.Codes("codes")) : ReadPresent(fields),
            "Or" => new OrCondition(ReadList(fields)),
            "And" => new AndCondition(ReadList(fields)),
            "At Least" => new CountCondition((int)(fields.Number("minimum", required: true) ?? 0), true, ReadList(fields)),
            "At Most" => new CountCondition((int)(fields.Number("maximum", required: true) ?? 0), false, ReadList(fields)),
            "Not" => new NotCondition(fields.Object("condition", required: true) is { } inner ? Read(inner) : new ConstantCondition(false)),
            "Date" => ReadDate(fields),
            "Gender" => fields.OneOf("gender", Genders) is >= 0 and var g ? new GenderCondition(Genders[g]) : new ConstantCondition(false),
            "Race" => fields.OneOf("race", Races, ignoreCase: true) is >= 0 and var r ? new RaceCondition(Races[r]) : new ConstantCondition(false),
            "Socioeconomic Status" => fields.OneOf("category", Categories) is >= 0 and var c ? new SocioeconomicCondition(Categories[c]) : new ConstantCondition(false),
            "Observation" => ReadObservation(fields),
            "Vital Sign" => ReadVitalSign(fields),
            "Symptom" => fields.Text("symptom", required: true) is { } symptom
                ? new SymptomCondition(fields.Context.Symptoms.Key(symptom), Operator(fields), fields.Number("value", required: true) ?? 0)
                : new ConstantCondition(false),
            "True" => new ConstantCondition(true),
            _ => new ConstantCondition(false),
        };
    }

    /// <summary>A fixed value of an attribute: text, number or boolean.</summary>
    public static AttributeValue ValueOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => AttributeValue.Of(element.GetString()!),
        JsonValueKind.True => AttributeValue.Of(true),
        JsonValueKind.False => AttributeValue.Of(false),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? AttributeValue.OfInteger(whole)
            : element.GetDouble() is var number && number == Math.Floor(number) && Math.Abs(number) < 1e15 ? AttributeValue.OfInteger((long)number)
            : AttributeValue.OfReal(element.GetDouble()),
        _ => AttributeValue.None,
    };

    private static Condition[] ReadList(JsonFields fields) => [.. fields.Objects("conditions", required: true).Select(Read)];

    private static Comparison Operator(JsonFields fields) => (Comparison)Math.Max(0, fields.OneOf("operator", Comparisons.Names));

    private static int AttributeOf(JsonFields fields)
    {
        if (fields.Has("codes"))
        {
            return -1;
        }

        var name = fields.Text("referenced_by_attribute", required: true);
        return name is null ? fields.Context.Slots.Gender : fields.Context.Attributes.Slot(name);
    }

    private static AttributeCondition ReadAttribute(JsonFields fields)
    {
        var comparison = Operator(fields);
        var value = AttributeValue.None;
        if (comparison is not (Comparison.IsNil or Comparison.IsNotNil))
        {
            if (fields.Has("value"))
            {
                value = ValueOf(fields.Element.GetProperty("value"));
            }

            if (!value.Exists)
            {
                fields.Report("value", fields.Has("value") ? JsonFields.Describe(fields.Element.GetProperty("value")) : "nothing", "a text, a number or a boolean");
            }
        }

        return new AttributeCondition(fields.Context.Attributes.Slot(fields.Text("attribute", required: true) ?? ""), comparison, value);
    }

    private static AgeCondition ReadAge(JsonFields fields)
    {
        var unit = fields.Unit("unit");
        if (unit is not (TimeUnit.Years or TimeUnit.Months))
        {
            fields.Report("unit", $"'{fields.Text("unit")}'", "years or months");
        }

        return new AgeCondition(Operator(fields), fields.Number("quantity", required: true) ?? 0, unit == TimeUnit.Months);
    }

    private static PriorStateCondition ReadPriorState(JsonFields fields)
    {
        var names = fields.Context.PriorStates;
        var name = fields.Text("name", required: true) ?? "";
        NumberSource? within = null;
        var unit = TimeUnit.Days;
        if (fields.Object("within") is { } window)
        {
            unit = window.Unit("unit");
            within = NumberSource.Exact(window.Number("quantity", required: true) ?? 0);
        }

        return new PriorStateCondition(names.Key(name), fields.Text("since") is { } since ? names.Key(since) : -1, within, unit);
    }

    private static Condition ReadPresent(JsonFields fields) => fields.Has("codes")
        ? new PresentCondition(fields.Codes("codes"))
        : new PresentAttributeCondition(AttributeOf(fields));

    private static Condition ReadDate(JsonFields fields)
    {
        var comparison = Operator(fields);
        if (fields.Number("year") is { } year)
        {
            return new YearCondition(comparison, (int)year);
        }

        if (fields.Number("month") is { } month)
        {
            return new MonthCondition(comparison, (int)month);
        }

        if (fields.Object("date") is not { } date)
        {
            fields.Report(null, "no date", "one of year, month, date");
            return new ConstantCondition(false);
        }

        int Part(string key, int other) => (int)(date.Number(key) ?? other);
        try
        {
            return new InstantCondition(comparison, SimTime.Of(
                Part("year", 1), Part("month", 1), Part("day", 1), Part("hour", 0), Part("minute", 0), Part("second", 0), Part("millisecond", 0)));
        }
        catch (ArgumentOutOfRangeException)
        {
            date.Report(null, date.Element.GetRawText(), "a date of the calendar");
            return new ConstantCondition(false);
        }
    }

    private static Condition ReadObservation(JsonFields fields)
    {
        var comparison = Operator(fields);
        var value = fields.Code("value_code") is { } code ? AttributeValue.Of(code)
            : fields.Has("value") ? ValueOf(fields.Element.GetProperty("value")) : AttributeValue.None;
        if (!value.Exists && comparison is not (Comparison.IsNil or Comparison.IsNotNil))
        {
            fields.Report("value", "nothing", "a value or value_code");
        }

        if (!fields.Has("codes") && fields.Has("referenced_by_attribute"))
        {
            fields.Report("referenced_by_attribute", "an attribute", "codes; an observation by attribute is not supported");
            return new ConstantCondition(false);
        }

        var codes = fields.Codes("codes");
        if (codes.Length == 0)
        {
            return new ConstantCondition(false);
        }

        fields.Context.ObservedCodes.Add(codes[0].Key);
        return new ObservationCondition(codes[0], comparison, value);
    }

    private static Condition ReadVitalSign(JsonFields fields)
        => VitalSignOf(fields) is >= 0 and var sign
            ? new VitalSignCondition(sign, Operator(fields), fields.Number("value") ?? 0)
            : new ConstantCondition(false);

    /// <summary>The key of the vital sign that the object names; -1 when there is none of that name.</summary>
    public static int VitalSignOf(JsonFields fields)
    {
        var name = fields.Text("vital_sign", required: true);
        if (name is null)
        {
            return -1;
        }

        if (VitalSigns.TryParse(name, out var key))
        {
            return key;
        }

        fields.Report("vital_sign", $"'{name}'", "one of " + string.Join(", ", VitalSigns.Names), Suggestion.For(name, VitalSigns.Names));
        return -1;
    }
}
