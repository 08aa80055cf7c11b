using CsCheck;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Tests.Support;

namespace FhirAspire.Simulation.Tests.Modules;

/// <summary>Whatever stands in a module file: it loads or is refused with its faults, and runs or is stopped with its place. It never crashes or hangs.</summary>
public class FuzzTests
{
    private static readonly string[] Types =
    [
        "Simple", "Terminal", "Delay", "Guard", "SetAttribute", "Counter", "Encounter", "EncounterEnd", "ConditionOnset", "ConditionEnd", "Procedure",
        "MedicationOrder", "MedicationEnd", "CarePlanStart", "CarePlanEnd", "Observation", "Symptom", "Death", "Device", "DeviceEnd", "CallSubmodule", "VitalSign",
    ];

    private static readonly Gen<string> Name = OneOf("Initial", "A", "B", "C", "D");

    private static readonly Gen<string> Fields = OneOf(
        "'codes': [{'system': 'SNOMED-CT', 'code': 1, 'display': 'x'}]", "'exact': {'quantity': 0, 'unit': 'days'}", "'exact': {'quantity': 3, 'unit': 'seconds'}",
        "'range': {'low': 1, 'high': 9, 'unit': 'weeks'}", "'attribute': 'a'", "'value': 7", "'value': 'text'", "'action': 'increment'", "'wellness': true",
        "'encounter_class': 'inpatient'", "'referenced_by_attribute': 'a'", "'assign_to_attribute': 'a'", "'symptom': 's'", "'condition_onset': 'A'", "'unit': 'mg'",
        "'allow': {'condition_type': 'Attribute', 'attribute': 'a', 'operator': '<', 'value': 3}", "'allow': {'condition_type': 'PriorState', 'name': 'B'}", "'submodule': 'sub/s'",
        "'target_encounter': 'B'", "'vital_sign': 'Height'", "'category': 'exam'", "'chronic': true", "'code': {'system': 'S', 'code': '2', 'display': 'y'}", "'exact': []", "'range': 3");

    private static readonly Gen<string> State =
        from type in OneOf(Types)
        from fields in Fields.Array[0, 5]
        from target in Name
        from other in Name
        from way in Gen.Int[0, 3]
        select $"{{'type': '{type}', {string.Concat(fields.DistinctBy(f => f.Split(':')[0]).Select(f => f + ", "))}" + way switch
        {
            0 => $"'distributed_transition': [{{'distribution': 0.5, 'transition': '{target}'}}, {{'distribution': 0.5, 'transition': '{other}'}}]}}",
            _ => $"'direct_transition': '{target}'}}",
        };

    private static readonly Gen<string> States = State.Array[5].Select(s => string.Join(", ", s.Zip(new[] { "Initial", "A", "B", "C", "D" }, (state, name) => $"'{name}': {state}")));

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    [Fact]
    public void Random_modules_never_crash_or_hang()
    {
        Gen.Select(States, States).Sample(
            (main, sub) =>
            {
                var files = TinyRun.Files(new() { ["m"] = main, ["sub/s"] = sub });
                if (ModuleLoader.Check(files).Any(i => !i.IsWarning))
                {
                    return true;
                }

                try
                {
                    TinyRun.Of(new Dictionary<string, string> { ["m"] = main, ["sub/s"] = sub }, age: 3);
                }
                catch (SimulationException e)
                {
                    return e.Code.StartsWith("SIM", StringComparison.Ordinal) && e.Place.Length > 0;
                }

                return true;
            },
            iter: 300,
            threads: 1);
    }
}
