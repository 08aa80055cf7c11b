using System.Text.Json;
using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Modules.States;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules.Loading;

/// <summary>Reads states; their transitions follow when all are there.</summary>
internal sealed class StateReader(LoadContext context, Module module, Func<string, Code?> onsetCode)
{
    private static readonly string[] Types =
    [
        "Initial", "Simple", "Terminal", "Delay", "Guard", "SetAttribute", "Counter", "Encounter", "EncounterEnd", "ConditionOnset", "ConditionEnd",
        "AllergyOnset", "AllergyEnd", "Procedure", "MedicationOrder", "MedicationEnd", "CarePlanStart", "CarePlanEnd", "Observation", "MultiObservation",
        "DiagnosticReport", "ImagingStudy", "VitalSign", "Symptom", "Death", "Device", "DeviceEnd", "SupplyList", "Vaccine", "CallSubmodule", "Physiology",
    ];

    private static readonly string[] Classes = ["wellness", "ambulatory", "outpatient", "inpatient", "emergency", "urgentcare", "hospice", "home", "snf", "virtual"];
    private static readonly string[] Telemedicine = ["none", "possible", "always"];
    private static readonly string[] Actions = ["increment", "decrement"];

    public State Read(string name, JsonFields fields)
    {
        var type = fields.OneOf("type", Types);
        if (type < 0)
        {
            return new SimpleState { Name = name, Module = module };
        }

        return Types[type] switch
        {
            "Terminal" => new TerminalState { Name = name, Module = module },
            "Delay" => ReadDelay(name, fields),
            "Guard" => new GuardState { Name = name, Module = module, Allow = fields.Object("allow", required: true) is { } allow ? ConditionReader.Read(allow) : new Conditions.ConstantCondition(false) },
            "SetAttribute" => ReadSetAttribute(name, fields),
            "Counter" => ReadCounter(name, fields),
            "Encounter" => ReadEncounter(name, fields),
            "EncounterEnd" => new EncounterEndState { Name = name, Module = module, Discharge = fields.Code("discharge_disposition") },
            "ConditionOnset" => new ConditionOnsetState { Name = name, Module = module, Codes = Codes(fields), TargetEncounter = Target(fields), Attribute = Assigned(fields) },
            "ConditionEnd" => new ConditionEndState { Name = name, Module = module, StateName = StateOf(fields, "condition_onset"), Attribute = Referenced(fields), Codes = Optional(fields) },
            "AllergyOnset" => ReadAllergy(name, fields),
            "AllergyEnd" => new AllergyEndState { Name = name, Module = module, StateName = StateOf(fields, "allergy_onset"), Attribute = Referenced(fields), Codes = Optional(fields) },
            "Procedure" => ReadProcedure(name, fields),
            "MedicationOrder" => ReadMedication(name, fields),
            "MedicationEnd" => new MedicationEndState { Name = name, Module = module, StateName = StateOf(fields, "medication_order"), Attribute = Referenced(fields), Codes = Optional(fields) },
            "CarePlanStart" => ReadCarePlan(name, fields),
            "CarePlanEnd" => new CarePlanEndState { Name = name, Module = module, StateName = StateOf(fields, "careplan"), Attribute = Referenced(fields), Codes = Optional(fields) },
            "Observation" => new ObservationState { Name = name, Module = module, Spec = ReadObservation(fields, isMulti: false) },
            "MultiObservation" => new ObservationState { Name = name, Module = module, Spec = ReadObservation(fields, isMulti: true) },
            "DiagnosticReport" => new DiagnosticReportState
            {
                Name = name,
                Module = module,
                Codes = Codes(fields),
                Observations = [.. fields.Objects("observations", required: true).Select(o => ReadObservation(o, o.Has("observations")))],
            },
            "ImagingStudy" => ReadImagingStudy(name, fields),
            "VitalSign" => ReadVitalSign(name, fields),
            "Symptom" => ReadSymptom(name, fields),
            "Death" => ReadDeath(name, fields),
            "Device" => new DeviceState { Name = name, Module = module, Code = fields.Code("code", required: true)!, Manufacturer = fields.Text("manufacturer"), Model = fields.Text("model"), Attribute = Assigned(fields) },
            "DeviceEnd" => new DeviceEndState { Name = name, Module = module, StateName = StateOf(fields, "device"), Attribute = Referenced(fields), Codes = Optional(fields) },
            "SupplyList" => new SupplyListState
            {
                Name = name,
                Module = module,
                Supplies = [.. fields.Objects("supplies", required: true).Select(s => (s.Code("code", required: true)!, (int)(s.Number("quantity", required: true) ?? 1)))],
            },
            "Vaccine" => new VaccineState { Name = name, Module = module, Codes = Codes(fields), Series = (int)(fields.Number("series") ?? 0) },
            "CallSubmodule" => ReadCall(name, fields),
            "Physiology" => new PhysiologyState { Name = name, Module = module },
            _ => new SimpleState { Name = name, Module = module },
        };
    }

    private static Code[] Codes(JsonFields fields) => fields.Codes("codes");

    /// <summary>Codes of what ends; an empty list ends nothing.</summary>
    private static Code[]? Optional(JsonFields fields) => fields.Has("codes") ? fields.Codes("codes", required: false) : null;

    private int Assigned(JsonFields fields) => fields.Text("assign_to_attribute") is { } name ? context.Attributes.Slot(name) : -1;

    private int Referenced(JsonFields fields) => fields.Text("referenced_by_attribute") is { } name ? context.Attributes.Slot(name) : -1;

    private static string? Target(JsonFields fields) => string.IsNullOrWhiteSpace(fields.Text("target_encounter")) ? null : fields.Text("target_encounter");

    private static string? StateOf(JsonFields fields, string key) => fields.Text(key);

    private Reason? ReasonOf(JsonFields fields) => fields.Text("reason") is { Length: > 0 } name
        ? new Reason(name, context.Attributes.Slot(name), context.PriorStates.Key(name), onsetCode(name))
        : null;

    private DelayState ReadDelay(string name, JsonFields fields)
    {
        if (NumberReader.ReadOld(fields, out var holder) is { } old)
        {
            return new DelayState { Name = name, Module = module, Amount = old, Unit = holder.Unit("unit") };
        }

        if (NumberReader.ReadNew(fields) is { } amount)
        {
            return new DelayState { Name = name, Module = module, Amount = amount, Unit = fields.Unit("unit") };
        }

        fields.Report(null, "no length of the delay", "exact, range or distribution");
        return new DelayState { Name = name, Module = module, Amount = NumberSource.Exact(1), Unit = TimeUnit.Weeks };
    }

    private SetAttributeState ReadSetAttribute(string name, JsonFields fields)
    {
        var slot = context.Attributes.Slot(fields.Text("attribute", required: true) ?? "");
        if (fields.Has("expression") || fields.Has("series_data"))
        {
            fields.Report("expression", "an expression or series", "range, distribution, value, value_code or value_attribute; expressions are not supported");
        }

        if (fields.Has("range"))
        {
            return new SetAttributeState { Name = name, Module = module, Attribute = slot, Number = NumberReader.ReadOld(fields, out _) };
        }

        if (NumberReader.ReadDistribution(fields) is { } distribution)
        {
            return new SetAttributeState { Name = name, Module = module, Attribute = slot, Number = NumberSource.Of(distribution), IsWhole = distribution.Round };
        }

        if (fields.Code("value_code") is { } code)
        {
            return new SetAttributeState { Name = name, Module = module, Attribute = slot, Value = AttributeValue.Of(code) };
        }

        if (fields.Text("value_attribute") is { } source)
        {
            return new SetAttributeState { Name = name, Module = module, Attribute = slot, Source = context.Attributes.Slot(source) };
        }

        return new SetAttributeState
        {
            Name = name,
            Module = module,
            Attribute = slot,
            Value = fields.Has("value") ? ConditionReader.ValueOf(fields.Element.GetProperty("value")) : AttributeValue.None,
        };
    }

    private CounterState ReadCounter(string name, JsonFields fields)
    {
        var amount = fields.Number("amount") ?? 1;
        return new CounterState
        {
            Name = name,
            Module = module,
            Attribute = context.Attributes.Slot(fields.Text("attribute", required: true) ?? ""),
            Amount = fields.OneOf("action", Actions) == 1 ? -amount : amount,
        };
    }

    private EncounterState ReadEncounter(string name, JsonFields fields)
    {
        if (fields.Flag("wellness"))
        {
            return new EncounterState { Name = name, Module = module, IsWellness = true };
        }

        return new EncounterState
        {
            Name = name,
            Module = module,
            Class = fields.Has("encounter_class") ? (EncounterClass)Math.Max(0, fields.OneOf("encounter_class", Classes, ignoreCase: true)) : EncounterClass.Ambulatory,
            Codes = Codes(fields),
            Reason = ReasonOf(fields),
            Telemedicine = fields.Has("telemedicine_possibility")
                ? (TelemedicinePossibility)Math.Max(0, fields.OneOf("telemedicine_possibility", Telemedicine, ignoreCase: true))
                : TelemedicinePossibility.None,
        };
    }

    private AllergyOnsetState ReadAllergy(string name, JsonFields fields)
    {
        string[] levels = ["severe", "moderate", "mild", "none"];
        var reactions = new List<PossibleReaction>();
        foreach (var entry in fields.Objects("reactions"))
        {
            var weights = new double[levels.Length];
            foreach (var severity in entry.Objects("possible_severities", required: true))
            {
                var level = severity.OneOf("level", levels, ignoreCase: true);
                if (level >= 0)
                {
                    weights[level] = severity.Number("value", required: true) ?? 0;
                }
            }

            if (entry.Code("reaction", required: true) is { } code)
            {
                reactions.Add(new PossibleReaction(code, weights));
            }
        }

        return new AllergyOnsetState
        {
            Name = name,
            Module = module,
            Codes = Codes(fields),
            TargetEncounter = Target(fields),
            Attribute = Assigned(fields),
            AllergyType = fields.Text("allergy_type") ?? "allergy",
            Category = fields.Text("category") ?? "",
            Reactions = [.. reactions],
        };
    }

    private ProcedureState ReadProcedure(string name, JsonFields fields)
    {
        NumberSource? duration = null;
        var unit = TimeUnit.Minutes;
        if (fields.Object("duration") is { } range)
        {
            unit = range.Unit("unit");
            var low = range.Number("low", required: true) ?? 0;
            var high = range.Number("high", required: true) ?? low;
            duration = NumberSource.Range(low, high, null);
        }
        else if (NumberReader.ReadNew(fields) is { } drawn)
        {
            unit = fields.Unit("unit");
            duration = drawn;
        }

        return new ProcedureState { Name = name, Module = module, Codes = Codes(fields), Duration = duration, Unit = unit, Reason = ReasonOf(fields), Attribute = Assigned(fields) };
    }

    private MedicationOrderState ReadMedication(string name, JsonFields fields)
    {
        Prescription? prescription = null;
        if (fields.Object("prescription") is { } order)
        {
            prescription = new Prescription
            {
                AsNeeded = order.Flag("as_needed"),
                Refills = order.Number("refills") is { } refills ? (int)refills : null,
                Instructions = order.Has("instructions") ? order.Codes("instructions", required: false) : [],
            };
            if (order.Object("dosage") is { } dosage)
            {
                prescription.HasDosage = true;
                prescription.Amount = dosage.Number("amount") ?? 1;
                prescription.Frequency = dosage.Number("frequency") ?? 1;
                prescription.Period = dosage.Number("period") ?? 1;
                prescription.PeriodUnit = dosage.Text("unit") ?? "days";
            }

            if (order.Object("duration") is { } duration)
            {
                prescription.DurationQuantity = duration.Number("quantity");
                prescription.DurationUnit = duration.Text("unit") ?? "days";
            }
        }

        return new MedicationOrderState
        {
            Name = name,
            Module = module,
            Codes = Codes(fields),
            Reason = ReasonOf(fields),
            Prescription = prescription,
            IsChronic = fields.Flag("chronic"),
            IsAdministration = fields.Flag("administration"),
            Attribute = Assigned(fields),
        };
    }

    private CarePlanStartState ReadCarePlan(string name, JsonFields fields)
    {
        var goals = new List<Goal>();
        foreach (var goal in fields.Objects("goals"))
        {
            var observation = goal.Object("observation");
            goals.Add(new Goal(
                goal.Text("text"),
                goal.Texts("addresses"),
                observation is { } o && o.Has("codes") ? o.Codes("codes").FirstOrDefault() : null,
                observation?.Text("operator"),
                observation is { } v && v.Has("value") && v.Element.GetProperty("value").ValueKind == JsonValueKind.Number ? v.Number("value") : null));
        }

        return new CarePlanStartState
        {
            Name = name,
            Module = module,
            Codes = Codes(fields),
            Activities = fields.Codes("activities", required: false),
            Goals = [.. goals],
            Reason = ReasonOf(fields),
            Attribute = Assigned(fields),
        };
    }

    private ObservationSpec ReadObservation(JsonFields fields, bool isMulti)
    {
        var codes = Codes(fields);
        var category = fields.Text("category");
        var unit = fields.Text("unit") ?? "";
        if (isMulti)
        {
            return new ObservationSpec
            {
                Codes = codes,
                Category = category,
                Unit = unit,
                Components = [.. fields.Objects("observations", required: true).Select(o => ReadObservation(o, isMulti: false))],
            };
        }

        var number = NumberReader.ReadOld(fields, out _);
        var isFixed = AttributeValue.None;
        if (number is null && fields.Object("exact") is { } exact && exact.Has("quantity"))
        {
            isFixed = ConditionReader.ValueOf(exact.Element.GetProperty("quantity"));
        }

        if (number is null && !isFixed.Exists)
        {
            number = NumberReader.ReadNew(fields);
        }

        return new ObservationSpec
        {
            Codes = codes,
            Category = category,
            Unit = unit,
            Number = number,
            Fixed = isFixed,
            Attribute = fields.Text("attribute") is { } attribute ? context.Attributes.Slot(attribute) : -1,
            VitalSign = fields.Has("vital_sign") ? ConditionReader.VitalSignOf(fields) : -1,
            ValueCode = fields.Code("value_code"),
        };
    }

    private ImagingStudyState ReadImagingStudy(string name, JsonFields fields)
    {
        var series = new List<SeriesSpec>();
        foreach (var entry in fields.Objects("series", required: true))
        {
            var instances = new List<(string, Code)>();
            foreach (var image in entry.Objects("instances", required: true))
            {
                if (image.Code("sop_class", required: true) is { } sop)
                {
                    instances.Add((image.Text("title") ?? "", sop));
                }
            }

            var site = entry.Code("body_site", required: true);
            var modality = entry.Code("modality", required: true);
            if (site is not null && modality is not null && instances.Count > 0)
            {
                series.Add(new SeriesSpec(
                    site, modality, [.. instances], (int)(entry.Number("min_number_instances") ?? 0), (int)(entry.Number("max_number_instances") ?? 0)));
            }
        }

        return new ImagingStudyState
        {
            Name = name,
            Module = module,
            ProcedureCode = fields.Code("procedure_code", required: true)!,
            Series = [.. series],
            MinSeries = (int)(fields.Number("min_number_series") ?? 0),
            MaxSeries = (int)(fields.Number("max_number_series") ?? 0),
        };
    }

    private State ReadVitalSign(string name, JsonFields fields)
    {
        var sign = ConditionReader.VitalSignOf(fields);
        var source = NumberReader.Read(fields);
        if (source is null)
        {
            fields.Report(null, "no value", "exact, range or distribution");
        }

        return sign < 0 || source is null
            ? new SimpleState { Name = name, Module = module }
            : new VitalSignState { Name = name, Module = module, VitalSign = sign, Value = source };
    }

    private State ReadSymptom(string name, JsonFields fields)
    {
        var symptom = fields.Text("symptom", required: true);
        var source = NumberReader.Read(fields);
        if (source is null)
        {
            fields.Report(null, "no value", "exact, range or distribution");
        }

        return symptom is null || source is null
            ? new SimpleState { Name = name, Module = module }
            : new SymptomState { Name = name, Module = module, Symptom = context.Symptoms.Key(symptom), Value = source, Probability = fields.Number("probability") ?? 1 };
    }

    private DeathState ReadDeath(string name, JsonFields fields)
    {
        var delay = NumberReader.ReadOld(fields, out var holder);
        return new DeathState
        {
            Name = name,
            Module = module,
            Delay = delay,
            Unit = delay is null ? TimeUnit.Days : holder.Unit("unit"),
            Codes = Optional(fields),
            OnsetState = fields.Text("condition_onset"),
            Attribute = Referenced(fields),
        };
    }

    private CallSubmoduleState ReadCall(string name, JsonFields fields)
    {
        var state = new CallSubmoduleState { Name = name, Module = module };
        var key = fields.Text("submodule", required: true);
        if (key is null)
        {
            return state;
        }

        if (context.Modules.TryGetValue(key, out var submodule))
        {
            state.Submodule = submodule;
        }
        else
        {
            fields.Report("submodule", $"'{key}'", "the path of a module below modules/, without .json", Suggestion.For(key, context.Modules.Keys));
        }

        return state;
    }
}
