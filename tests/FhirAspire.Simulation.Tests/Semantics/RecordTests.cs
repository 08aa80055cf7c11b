using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Tests.Support;
using static FhirAspire.Simulation.Tests.Support.TinyRun;

namespace FhirAspire.Simulation.Tests.Semantics;

/// <summary>Section 7: what is present, onsets, ends, medications, observations.</summary>
public class RecordTests
{
    private static string Order(string name, string code, string to, string more = "")
        => $"'{name}': {{'type': 'MedicationOrder', 'codes': [{Code(code)}], {more} 'direct_transition': '{to}'}},";

    private static string Present(string code) => $"{{'condition_type': 'Active Condition', 'codes': [{Code(code)}]}}";

    [Fact]
    [Trait("Measured", "7.1 procedures are present ever after")]
    public void A_procedure_is_present_ever_after()
    {
        var run = Of(Initial("P1") + Mark("P1", "D") + Delay("D", 5, "years", "I") + If("I", Present("P1"), "P2", "P3") + Mark("P2", "Terminal") + Mark("P3", "Terminal") + Terminal);

        run.Procedures.Select(p => p.Code.Value).ShouldBe(["P1", "P2"]);
    }

    [Fact]
    public void Starting_what_is_present_adds_no_row_and_overwrites_the_name_so_that_an_end_by_the_first_name_finds_nothing()
    {
        var run = Of(Initial("A") + Onset("A", "C1", "B") + Onset("B", "C1", "X")
            + "'X': {'type': 'ConditionEnd', 'condition_onset': 'A', 'direct_transition': 'Terminal'}," + Terminal);

        run.Conditions.ShouldHaveSingleItem().IsOpen.ShouldBeTrue();
    }

    [Fact]
    [Trait("Measured", "7.3 onsets with a target")]
    public void An_onset_with_a_target_is_recorded_at_the_time_of_that_encounter_and_not_in_another_one()
    {
        var run = Of(Initial("A") + Onset("A", "C1", "V1", "'target_encounter': 'V2',") + Visit("V1", "E1", "End1") + End("End1", "D")
            + Delay("D", 70, "days", "V2") + Visit("V2", "E2", "End2") + End("End2", "Terminal") + Terminal);

        var condition = run.Conditions.ShouldHaveSingleItem();
        condition.Encounter!.Code.Value.ShouldBe("E2");
        run.Days(condition.Start).ShouldBe(run.Days(run.Own[0].Start) + 70);
    }

    [Fact]
    public void An_onset_whose_target_is_never_reached_is_not_recorded()
    {
        var run = Of(Initial("A") + Onset("A", "C1", "Terminal", "'target_encounter': 'V2',") + Visit("V2", "E2", "Terminal") + Terminal);

        run.Conditions.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Measured", "7.3 provisional conditions as reasons")]
    public void Until_it_is_recorded_the_attribute_serves_as_a_reason_but_the_condition_is_not_active()
    {
        var run = Of(Initial("A") + Onset("A", "C1", "I", "'target_encounter': 'V2', 'assign_to_attribute': 'illness',") + If("I", Present("C1"), "P1", "V1") + Mark("P1", "V1")
            + $"'V1': {{'type': 'Encounter', 'encounter_class': 'ambulatory', 'codes': [{Code("E1")}], 'reason': 'illness', 'direct_transition': 'V2'}}," + Visit("V2", "E2", "Terminal") + Terminal);

        run.Procedures.ShouldBeEmpty();
        run.Own[0].Reason!.Value.ShouldBe("C1");
    }

    [Fact]
    public void An_onset_within_its_target_encounter_is_recorded_at_once()
    {
        var run = Of(Initial("V") + Visit("V", "E1", "A") + Onset("A", "C1", "End", "'target_encounter': 'V',") + End("End", "Terminal") + Terminal);

        run.Conditions.ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Measured", "6 MedicationEnd by a missing attribute")]
    public void A_condition_end_by_a_missing_attribute_does_nothing_and_a_medication_end_by_one_is_a_fault()
    {
        Of(Initial("X") + "'X': {'type': 'ConditionEnd', 'referenced_by_attribute': 'nothing', 'direct_transition': 'P1'}," + Mark("P1", "Terminal") + Terminal).Procedures.ShouldHaveSingleItem();
        Should.Throw<SimulationException>(() => Of(Initial("X") + "'X': {'type': 'MedicationEnd', 'referenced_by_attribute': 'nothing', 'direct_transition': 'Terminal'}," + Terminal))
            .Message.ShouldContain("nothing");
    }

    [Fact]
    [Trait("Measured", "7.5 orders stay open")]
    public void The_duration_of_a_prescription_does_not_stop_an_order()
    {
        var run = Of(Initial("M") + Order("M", "M1", "Terminal", "'prescription': {'dosage': {'amount': 1, 'frequency': 1, 'period': 1, 'unit': 'days'}, 'duration': {'quantity': 2, 'unit': 'weeks'}},") + Terminal);

        run.Medications.ShouldHaveSingleItem().IsOpen.ShouldBeTrue();
    }

    [Fact]
    [Trait("Measured", "7.5 administrations")]
    public void An_administration_ends_when_it_starts_and_with_chronic_too_there_is_also_an_order()
    {
        var run = Of(Initial("M1") + Order("M1", "M1", "M2", "'administration': true,") + Order("M2", "M2", "Terminal", "'administration': true, 'chronic': true,") + Terminal, age: 0);

        run.Medications.Where(m => m.Code.Value == "M1").ShouldHaveSingleItem().Stop.ShouldBe(run.Birth);
        run.Medications.Count(m => m.Code.Value == "M2" && m.IsAdministration).ShouldBe(1);
        run.Medications.Count(m => m.Code.Value == "M2" && !m.IsAdministration).ShouldBe(1);
    }

    [Theory]
    [InlineData("'administration': true,", "P2")]
    [InlineData("'administration': true, 'chronic': true,", "P1")]
    [InlineData("", "P1")]
    public void After_an_administration_nothing_is_present(string fields, string expected)
    {
        var run = Of(Initial("M") + Order("M", "M1", "I", fields) + If("I", $"{{'condition_type': 'Active Medication', 'codes': [{Code("M1")}]}}", "P1", "P2") + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal, age: 0);

        run.Procedures.Single().Code.Value.ShouldBe(expected);
    }

    [Fact]
    [Trait("Measured", "7.5 renewals")]
    public void Chronic_orders_are_renewed_when_the_first_module_passes_its_wellness_state_and_visits_come_at_least_yearly()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["a"] = Initial("D") + Delay("D", 22, "years", "M") + Order("M", "M1", "Terminal", "'chronic': true,") + Terminal,
            ["w"] = Initial("W") + Wellness("W", "End") + End("End", "W") + Terminal,
        });

        var orders = run.Medications;
        orders.Count.ShouldBeGreaterThan(5);
        orders.Zip(orders.Skip(1)).ShouldAllBe(pair => pair.First.Stop == pair.Second.Start);
        orders[^1].IsOpen.ShouldBeTrue();
        orders.Skip(1).Zip(orders.Skip(2)).ShouldAllBe(pair => run.Days(pair.Second.Start) - run.Days(pair.First.Start) == 371);
    }

    [Fact]
    [Trait("Measured", "7.4 the end of a renewed order")]
    public void Ending_a_renewed_order_by_its_attribute_changes_the_stop_of_the_first_row_too()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["a"] = Initial("D") + Delay("D", 22, "years", "M") + Order("M", "M1", "D2", "'chronic': true, 'assign_to_attribute': 'drug',") + Delay("D2", 3, "years", "X")
                + "'X': {'type': 'MedicationEnd', 'referenced_by_attribute': 'drug', 'direct_transition': 'Terminal'}," + Terminal,
            ["w"] = Initial("W") + Wellness("W", "End") + End("End", "W") + Terminal,
        });

        run.Medications[0].Stop.ShouldBe(run.Medications[^1].Stop);
        run.Medications[0].Stop.ShouldBeGreaterThan(run.Medications[1].Start);
    }

    [Fact]
    [Trait("Measured", "5 which observation a condition looks at")]
    public void An_observation_condition_looks_at_the_first_one_of_the_latest_encounter_that_has_it()
    {
        static string Observe(string name, int value, string to) => $"'{name}': {{'type': 'Observation', 'category': 'exam', 'unit': 'kg', 'codes': [{Code("O1")}], 'exact': {{'quantity': {value}}}, 'direct_transition': '{to}'}},";
        var run = Of(Initial("V1") + Visit("V1", "E1", "O1") + Observe("O1", 1, "End1") + End("End1", "V2") + Visit("V2", "E2", "O2") + Observe("O2", 2, "O3") + Observe("O3", 3, "End2") + End("End2", "V3")
            + Visit("V3", "E3", "I") + If("I", $"{{'condition_type': 'Observation', 'codes': [{Code("O1")}], 'operator': '==', 'value': 2}}", "P1", "P2") + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal);

        run.Procedures.Single().Code.Value.ShouldBe("P1");
    }

    [Fact]
    [Trait("Measured", "6 number_of_observations")]
    public void A_report_runs_its_observations_whatever_number_it_claims()
    {
        var run = Of(Initial("R") + $"'R': {{'type': 'DiagnosticReport', 'number_of_observations': 0, 'codes': [{Code("R1")}], 'observations': [{{'category': 'laboratory', 'unit': 'g', 'codes': [{Code("O1")}], 'range': {{'low': 1, 'high': 2}}}}, {{'category': 'laboratory', 'unit': '', 'codes': [{Code("O2")}], 'value_code': {Code("V1")}}}], 'direct_transition': 'Terminal'}}," + Terminal);

        var report = run.Encounters.SelectMany(e => e.Reports.ToArray()).Single();
        report.Observations.Count.ShouldBe(2);
        report.Observations[1].CodeValue.Value.ShouldBe("V1");
    }

    [Fact]
    [Trait("Measured", "6 VitalSign is drawn anew")]
    public void A_vital_sign_state_is_drawn_anew_at_every_read()
    {
        static string Observe(string name, string to) => $"'{name}': {{'type': 'Observation', 'category': 'vital-signs', 'unit': '%', 'codes': [{Code(name)}], 'vital_sign': 'Left ventricular Ejection fraction', 'direct_transition': '{to}'}},";
        var run = Of(Initial("S") + "'S': {'type': 'VitalSign', 'vital_sign': 'Left ventricular Ejection fraction', 'unit': '%', 'range': {'low': 0, 'high': 100}, 'direct_transition': 'O1'}," + Observe("O1", "O2") + Observe("O2", "Terminal") + Terminal);

        run.Observations[0].NumberValue.ShouldNotBe(run.Observations[1].NumberValue);
    }

    [Fact]
    [Trait("Measured", "6.3 the procedure of a study")]
    public void An_imaging_study_adds_a_procedure_of_30_minutes_that_does_not_block()
    {
        var run = Of(Initial("S") + $"'S': {{'type': 'ImagingStudy', 'procedure_code': {Code("P1")}, 'series': [{{'body_site': {Code("B")}, 'modality': {Code("M")}, 'instances': [{{'title': 't', 'sop_class': {Code("S")}}}, {{'title': 'u', 'sop_class': {Code("S")}}}]}}], 'direct_transition': 'P2'}}," + Mark("P2", "Terminal") + Terminal);

        var procedure = run.Procedures.Single(p => p.Code.Value == "P1");
        (procedure.Stop - procedure.Start).ShouldBe(30 * SimTime.Minute);
        run.DayOf("P2").ShouldBe(0);
        run.Encounters.SelectMany(e => e.ImagingStudies.ToArray()).Single().Series.Single().Instances.Select(i => i.Uid).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void Each_device_is_a_new_one_with_its_own_identifier()
    {
        var run = Of(Initial("A") + $"'A': {{'type': 'Device', 'code': {Code("D1")}, 'direct_transition': 'B'}}, 'B': {{'type': 'Device', 'code': {Code("D1")}, 'direct_transition': 'Terminal'}}," + Terminal);

        run.Encounters.SelectMany(e => e.Devices.ToArray()).Select(d => d.Udi).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void A_reason_is_an_attribute_or_an_earlier_state_or_an_onset_state_of_the_module()
    {
        static string Why(string name, string reason, string to) => $"'{name}': {{'type': 'Procedure', 'codes': [{Code(name)}], 'reason': '{reason}', 'direct_transition': '{to}'}},";
        var run = Of(Initial("A") + Onset("A", "C1", "P1", "'assign_to_attribute': 'illness',") + Why("P1", "illness", "P2") + Why("P2", "A", "P3") + Why("P3", "Never", "Terminal") + Onset("Never", "C3", "Terminal") + Terminal);

        run.Procedures.Select(p => p.Reason!.Value).ShouldBe(["C1", "C1", "C3"]);
    }
}
