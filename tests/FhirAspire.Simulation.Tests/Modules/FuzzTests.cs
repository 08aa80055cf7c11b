using CsCheck;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Tests.Support;

namespace FhirAspire.Simulation.Tests.Modules;

/// <summary>Whatever stands in a module file: it loads or is refused with its faults, and runs or is stopped with its place. It never crashes or hangs.</summary>
public class FuzzTests
{
    private const string Codes = "'codes': [{'system': 'SNOMED-CT', 'code': 1, 'display': 'x'}]";

    private static readonly string[] Names = ["Initial", "A", "B", "C", "D", "E"];

    private static readonly Gen<string> Name = OneOf(Names[1..]);

    /// <summary>Fields that fit some state and not others, right and wrong.</summary>
    private static readonly Gen<string> Fields = OneOf(
        Codes, "'exact': {'quantity': 0, 'unit': 'days'}", "'exact': {'quantity': 3, 'unit': 'seconds'}",
        "'range': {'low': 1, 'high': 9, 'unit': 'weeks'}", "'attribute': 'a'", "'value': 7", "'value': 'text'", "'action': 'increment'", "'wellness': true",
        "'encounter_class': 'inpatient'", "'referenced_by_attribute': 'a'", "'assign_to_attribute': 'a'", "'symptom': 's'", "'condition_onset': 'A'", "'unit': 'mg'",
        "'allow': {'condition_type': 'Attribute', 'attribute': 'a', 'operator': '<', 'value': 3}", "'allow': {'condition_type': 'PriorState', 'name': 'B'}", "'submodule': 'sub/s'",
        "'target_encounter': 'B'", "'vital_sign': 'Height'", "'category': 'exam'", "'chronic': true", "'code': {'system': 'S', 'code': '2', 'display': 'y'}", "'exact': []", "'range': 3");

    private static readonly Gen<string> AnyState =
        from type in OneOf(
            "Simple", "Terminal", "Delay", "Guard", "SetAttribute", "Counter", "Encounter", "EncounterEnd", "ConditionOnset", "ConditionEnd", "Procedure", "Unknown",
            "MedicationOrder", "MedicationEnd", "CarePlanStart", "CarePlanEnd", "Observation", "Symptom", "Death", "Device", "DeviceEnd", "CallSubmodule", "VitalSign")
        from fields in Fields.Array[0, 5]
        from target in Name
        select $"{{'type': '{type}', {string.Concat(fields.DistinctBy(f => f.Split(':')[0]).Select(f => f + ", "))}'direct_transition': '{target}'}}";

    /// <summary>States that are right on their own; together they make no sense: loops without time, ends before starts, encounters in encounters.</summary>
    private static readonly Gen<string> RightState =
        from other in Name
        from number in Gen.Int[0, 9]
        from start in OneOf("A", "B", "C")
        from body in OneOf(
            "'type': 'Simple'",
            "'type': 'Delay', 'exact': {'quantity': #, 'unit': 'days'}",
            "'type': 'Delay', 'range': {'low': 1, 'high': 1#, 'unit': 'weeks'}",
            "'type': 'Delay', 'distribution': {'kind': 'GAUSSIAN', 'parameters': {'mean': #, 'standardDeviation': 5}}, 'unit': 'months'",
            "'type': 'Guard', 'allow': {'condition_type': 'Age', 'operator': '>=', 'quantity': #, 'unit': 'months'}",
            "'type': 'Guard', 'allow': {'condition_type': 'Attribute', 'attribute': 'a', 'operator': '>', 'value': #}",
            "'type': 'Guard', 'allow': {'condition_type': 'Not', 'condition': {'condition_type': 'PriorState', 'name': 'OTHER'}}",
            "'type': 'SetAttribute', 'attribute': 'a', 'value': #",
            "'type': 'SetAttribute', 'attribute': 'a', 'value': 'text'",
            "'type': 'SetAttribute', 'attribute': 'a'",
            "'type': 'Counter', 'attribute': 'a', 'action': 'increment', 'amount': #",
            "'type': 'Encounter', 'encounter_class': 'ambulatory', " + Codes,
            "'type': 'Encounter', 'encounter_class': 'inpatient', " + Codes,
            "'type': 'Encounter', 'wellness': true",
            "'type': 'EncounterEnd'",
            "'type': 'ConditionOnset', 'assign_to_attribute': 'a', " + Codes,
            "'type': 'ConditionOnset', 'target_encounter': 'OTHER', " + Codes,
            "'type': 'ConditionEnd', " + Codes,
            "'type': 'ConditionEnd', 'referenced_by_attribute': 'a'",
            "'type': 'MedicationOrder', 'assign_to_attribute': 'a', 'codes': [{'system': 'RxNorm', 'code': 2, 'display': 'y'}]",
            "'type': 'MedicationEnd', 'referenced_by_attribute': 'a'",
            "'type': 'CarePlanStart', 'assign_to_attribute': 'a', " + Codes,
            "'type': 'CarePlanEnd', 'referenced_by_attribute': 'a'",
            "'type': 'Procedure', " + Codes,
            "'type': 'Device', 'assign_to_attribute': 'a', 'code': {'system': 'SNOMED-CT', 'code': 3, 'display': 'z'}",
            "'type': 'DeviceEnd', 'referenced_by_attribute': 'a'",
            "'type': 'Observation', 'category': 'exam', 'unit': 'cm', 'exact': {'quantity': #}, " + Codes,
            "'type': 'Observation', 'category': 'exam', 'unit': 'cm', 'vital_sign': 'Height', " + Codes,
            "'type': 'Symptom', 'symptom': 's', 'exact': {'quantity': 9#}",
            "'type': 'VitalSign', 'vital_sign': 'Height', 'unit': 'cm', 'exact': {'quantity': #}",
            "'type': 'CallSubmodule', 'submodule': 'sub/s'",
            "'type': 'Terminal'",
            "'type': 'Death'")
        select body.Replace("#", number.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("OTHER", other, StringComparison.Ordinal);

    private static readonly Gen<string> Linked =
        from body in RightState
        from target in Name
        from other in Name
        from way in Gen.Int[0, 3]
        select "{" + body + (way == 0
            ? $", 'distributed_transition': [{{'distribution': 0.5, 'transition': '{target}'}}, {{'distribution': 0.5, 'transition': '{other}'}}]}}"
            : $", 'direct_transition': '{target}'}}");

    [Fact]
    public void Arbitrary_fields_load_or_are_refused_with_their_place()
        => AnyState.Array[5].Sample(
            states =>
            {
                var text = "'Initial': {'type': 'Initial', 'direct_transition': 'A'}, " + Text(states);
                return ModuleLoader.Check(TinyRun.Files(new() { ["m"] = text, ["sub/s"] = text })).All(i => i.File.Length > 0 && i.Found.Length > 0);
            },
            iter: 1000,
            threads: 1);

    [Fact]
    public void Random_graphs_of_right_states_run_or_are_stopped_with_their_place()
    {
        var runs = 0;
        Gen.Select(Linked.Array[5], Linked.Array[5]).Sample(
            (main, sub) =>
            {
                var states = new Dictionary<string, string>
                {
                    ["m"] = "'Initial': {'type': 'Initial', 'direct_transition': 'A'}, " + Text(main),
                    ["sub/s"] = "'Initial': {'type': 'Initial', 'direct_transition': 'A'}, " + Text(sub),
                };
                if (ModuleLoader.Check(TinyRun.Files(states)).Any(i => !i.IsWarning))
                {
                    return true;
                }

                runs++;
                try
                {
                    TinyRun.Of(states, age: 3);
                }
                catch (SimulationException e)
                {
                    return e.Code.StartsWith("SIM", StringComparison.Ordinal) && e.Place.Length > 0;
                }

                return true;
            },
            iter: 120,
            threads: 1);
        runs.ShouldBeGreaterThan(30);
    }

    private static string Text(string[] states) => string.Join(", ", states.Zip(Names.Skip(1), (state, name) => $"'{name}': {state}"));

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
