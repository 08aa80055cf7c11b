using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Tests.Support;
using static FhirAspire.Simulation.Tests.Support.TinyRun;

namespace FhirAspire.Simulation.Tests.Semantics;

/// <summary>Section 7.2 and 9.3: one encounter at a time, wellness visits, records outside of encounters.</summary>
public class EncounterTests
{
    [Fact]
    [Trait("Measured", "7.2 one encounter at a time")]
    public void A_visit_waits_until_another_modules_stay_is_over()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["a_stay"] = Initial("D0") + Delay("D0", 1, "days", "V") + Visit("V", "E1", "D", "inpatient") + Delay("D", 30, "days", "End") + End("End", "Terminal") + Terminal,
            ["b_visit"] = Initial("D") + Delay("D", 10, "days", "V") + Visit("V", "E2", "End") + End("End", "Terminal") + Terminal,
        });

        run.Days(run.Own.Single(e => e.Code.Value == "E2").Start).ShouldBe(35, "the stay ends at day 31; the first step after it is day 35");
    }

    [Fact]
    [Trait("Measured", "7.2 one encounter at a time: wellness visits")]
    public void A_long_stay_keeps_wellness_visits_away()
    {
        var run = Of(Initial("V") + Visit("V", "E1", "D", "inpatient") + Delay("D", 9, "years", "End") + End("End", "Terminal") + Terminal);

        run.Encounters.ShouldNotContain(e => e.Class == EncounterClass.Wellness && e.Start > run.Birth && run.Days(e.Start) < 9 * 365);
    }

    [Fact]
    [Trait("Measured", "7.2 the next encounter closes the one before")]
    public void The_next_encounter_of_a_module_closes_the_one_before()
    {
        var run = Of(Initial("V1") + Visit("V1", "E1", "D") + Delay("D", 14, "days", "V2") + Visit("V2", "E2", "End") + End("End", "Terminal") + Terminal);

        (run.Days(run.Own[0].Stop) - run.Days(run.Own[0].Start)).ShouldBe(14);
    }

    [Theory]
    [Trait("Measured", "7.2 default lengths")]
    [InlineData("ambulatory", 15)]
    [InlineData("emergency", 60)]
    [InlineData("inpatient", 1440)]
    [InlineData("snf", 1440)]
    [InlineData("hospice", 1440)]
    [InlineData("outpatient", 15)]
    [InlineData("urgentcare", 15)]
    [InlineData("virtual", 15)]
    [InlineData("home", 15)]
    public void The_recorded_stop_is_no_earlier_than_the_default_length(string kind, int minutes)
    {
        var run = Of(Initial("D") + Delay("D", 100, "days", "V") + Visit("V", "E1", "End", kind) + End("End", "Terminal") + Terminal);

        (run.Own[0].Stop - run.Own[0].Start).ShouldBe(minutes * SimTime.Minute);
    }

    [Fact]
    public void A_procedure_within_the_encounter_moves_its_stop_and_one_filed_later_does_not()
    {
        var run = Of(Initial("D") + Delay("D", 100, "days", "V") + Visit("V", "E1", "P1")
            + $"'P1': {{'type': 'Procedure', 'codes': [{Code("P1")}], 'duration': {{'low': 3, 'high': 3, 'unit': 'hours'}}, 'direct_transition': 'P2'}},"
            + Mark("P2", "End") + End("End", "D2") + Delay("D2", 1, "hours", "P3") + Mark("P3", "Terminal") + Terminal);

        (run.Own[0].Stop - run.Own[0].Start).ShouldBe((3 * SimTime.Hour) + (15 * SimTime.Minute));
        run.Procedures.Single(p => p.Code.Value == "P3").Encounter.ShouldBe(run.Own[0]);
    }

    [Fact]
    [Trait("Measured", "7.2 records outside of encounters")]
    public void What_happens_outside_of_an_encounter_goes_to_the_latest_one_even_of_another_module()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["a"] = Initial("D") + Delay("D", 700, "days", "V") + Visit("V", "E1", "End") + End("End", "Terminal") + Terminal,
            ["b"] = Initial("D") + Delay("D", 703, "days", "P1") + Mark("P1", "Terminal") + Terminal,
        });

        var procedure = run.Procedures.Single();
        procedure.Encounter!.Code.Value.ShouldBe("E1");
        procedure.Start.ShouldBeGreaterThan(procedure.Encounter.Stop);
    }

    [Fact]
    [Trait("Measured", "7.2 EncounterEnd without an encounter")]
    public void An_encounter_end_without_an_encounter_passes()
    {
        var run = Of(Initial("End") + End("End", "P1") + Mark("P1", "Terminal") + Terminal);

        run.Procedures.ShouldHaveSingleItem();
    }

    [Fact]
    [Trait("Measured", "7.2 a wellness state needs an EncounterEnd before it")]
    public void A_second_wellness_state_never_passes_without_an_encounter_end_in_between()
    {
        var run = Of(Initial("W1") + Wellness("W1", "P1") + Mark("P1", "W2") + Wellness("W2", "P2") + Mark("P2", "Terminal") + Terminal);

        run.Procedures.Select(p => p.Code.Value).ShouldBe(["P1"]);
    }

    [Fact]
    [Trait("Measured", "7.2 which may come weeks later")]
    public void With_an_encounter_end_even_weeks_later_the_next_visit_is_joined()
    {
        var run = Of(Initial("W1") + Wellness("W1", "D") + Delay("D", 40, "days", "End") + End("End", "W2") + Wellness("W2", "P2") + Mark("P2", "Terminal") + Terminal);

        run.Procedures.ShouldHaveSingleItem();
    }

    [Fact]
    public void A_module_passes_one_wellness_state_for_each_visit()
    {
        var run = Of(Initial("W") + Wellness("W", "P1") + Mark("P1", "End") + End("End", "W") + Terminal, age: 3);

        run.Procedures.Count.ShouldBe(run.Encounters.Count(e => e.Class == EncounterClass.Wellness));
    }

    /// <summary>The first visit is at birth; two procedures of half an hour follow each other, and what comes after them is recorded at the end of the second.</summary>
    [Theory]
    [InlineData("", 30)]
    [InlineData("'keeps_visit': true,", 60)]
    public void A_visit_ends_with_its_step_or_lasts_until_the_end_of_the_module_that_keeps_it(string key, int minutes)
    {
        var states = Initial("W") + Wellness("W", "P1")
            + $"'P1': {{'type': 'Procedure', 'codes': [{Code("P1")}], 'duration': {{'low': 30, 'high': 30, 'unit': 'minutes'}}, 'direct_transition': 'P2'}},"
            + $"'P2': {{'type': 'Procedure', 'codes': [{Code("P2")}], 'duration': {{'low': 30, 'high': 30, 'unit': 'minutes'}}, 'direct_transition': 'C'}},"
            + Onset("C", "C1", "End") + End("End", "Terminal") + Terminal;
        var run = Of(states, key);

        var visit = run.Encounters.First(e => e.Class == EncounterClass.Wellness);
        (visit.Stop - visit.Start).ShouldBe(minutes * SimTime.Minute);
        visit.Procedures.Select(p => p.Code.Value).ShouldBe(["P1", "P2"]);
        visit.Conditions.Single().Start.ShouldBe(visit.Start + (60 * SimTime.Minute));
    }

    /// <summary>A delay ends between two steps; with Synthea the module joins the next step's visit at that earlier time, and files it under the visit before.</summary>
    [Fact]
    public void A_kept_visit_is_not_joined_before_it_begins()
    {
        var run = Of(Initial("D") + Delay("D", 33, "days", "W") + Wellness("W", "P1") + Mark("P1", "End") + End("End", "Terminal") + Terminal, "'keeps_visit': true,");

        run.DayOf("P1").ShouldBe(35);
        run.Procedures.Single().Encounter!.Start.ShouldBe(run.Procedures.Single().Start);
    }

    [Fact]
    public void A_delay_that_ends_before_a_visit_of_the_step_passes_a_wellness_state_at_its_own_time()
        => Of(Initial("D") + Delay("D", 33, "days", "W") + Wellness("W", "P1") + Mark("P1", "Terminal") + Terminal).DayOf("P1").ShouldBe(33);

    [Fact]
    [Trait("Measured", "9.3 intervals of visits")]
    public void Wellness_visits_come_at_the_intervals_of_age_rounded_up_to_steps()
    {
        var run = Of(Initial("Terminal") + Terminal, age: 60);

        var days = run.Encounters.Where(e => e.Class == EncounterClass.Wellness).Select(e => run.Days(e.Start)).ToList();
        var gaps = days.Zip(days.Skip(1), (a, b) => (Age: a / 365.25, Gap: b - a)).ToList();
        days[0].ShouldBe(0);
        gaps[0].Gap.ShouldBe(35);
        days.Zip(days.Skip(1), (a, b) => b - a).TakeWhile(gap => gap != 371).Distinct().ShouldBe([35, 63, 91, 182], "1 month, 2, 3 and 6, each rounded up to steps");
        gaps.Where(g => g.Age is > 5 and < 18).ShouldAllBe(g => g.Gap == 371);
        gaps.Where(g => g.Age is > 21 and < 36).ShouldAllBe(g => g.Gap == 1099);
        gaps.Where(g => g.Age is > 41 and < 47).ShouldAllBe(g => g.Gap == 735);
        gaps.Where(g => g.Age > 50).ShouldAllBe(g => g.Gap == 371);
        days.Count(d => d < 18 * 365.25).ShouldBe(26, "that at birth, and 25 after it");
    }

    [Fact]
    [Trait("Measured", "9.3 visits because of symptoms")]
    public void A_sum_of_symptoms_of_320_leads_to_a_check_up_at_the_next_step()
    {
        var run = Of(Initial("D") + Delay("D", 701, "days", "S1") + Symptoms(90, 90, 90, 50) + "'Terminal': {'type': 'Terminal'}");

        var visit = run.Encounters.Single(e => e.Code.Value == "185349003");
        run.Days(visit.Start).ShouldBe(714);
        visit.Class.ShouldBe(EncounterClass.Outpatient);
    }

    [Fact]
    public void More_than_350_leads_to_urgent_care_and_more_than_500_to_the_emergency_department_and_each_visit_addresses_the_largest()
    {
        var run = Of(Initial("D") + Delay("D", 701, "days", "S1") + Symptoms(100, 100, 100, 90, 80, 70) + "'Terminal': {'type': 'Terminal'}");

        run.Encounters.Where(e => e.Class is EncounterClass.Emergency or EncounterClass.UrgentCare or EncounterClass.Outpatient).Take(3)
            .Select(e => e.Class).ShouldBe([EncounterClass.Emergency, EncounterClass.UrgentCare, EncounterClass.Outpatient]);
    }

    [Fact]
    [Trait("Measured", "7.2 visits because of symptoms let wellness states pass")]
    public void A_visit_because_of_symptoms_lets_a_wellness_state_pass()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["a"] = Initial("D") + Delay("D", 2901, "days", "S1") + Symptoms(100, 100, 100, 90) + "'Terminal': {'type': 'Terminal'}",
            ["b"] = Initial("D") + Delay("D", 2902, "days", "W") + Wellness("W", "P1") + Mark("P1", "Terminal") + Terminal,
        });

        run.Procedures.Single().Encounter!.Class.ShouldBe(EncounterClass.UrgentCare);
    }

    private static string Symptoms(params int[] values) => string.Concat(values.Select((v, i) =>
        $"'S{i + 1}': {{'type': 'Symptom', 'symptom': 'symptom {i}', 'exact': {{'quantity': {v}}}, 'direct_transition': '{(i + 1 < values.Length ? "S" + (i + 2) : "Terminal")}'}},"));
}
