using static FhirAspire.Simulation.Tests.Support.TinyRun;

namespace FhirAspire.Simulation.Tests.Semantics;

/// <summary>Sections 2 and 3 of the module format: steps, rewinding, guards, units.</summary>
public class TimeTests
{
    [Fact]
    [Trait("Measured", "2.3 states after a delay run at its exact end")]
    public void States_after_a_delay_run_at_its_exact_end()
    {
        var run = Of(Initial("V") + Visit("V", "E1", "D1") + Delay("D1", 3, "days", "P1") + Mark("P1", "D2") + Delay("D2", 3, "days", "P2") + Mark("P2", "D3")
            + Delay("D3", 36, "hours", "P3") + Mark("P3", "Terminal") + Terminal);

        // At birth a wellness visit is open, so that the module's own one begins at the second step.
        var start = run.Days(run.Own[0].Start);
        start.ShouldBe(7);
        run.DayOf("P1").ShouldBe(start + 3);
        run.DayOf("P2").ShouldBe(start + 6);
        run.DayOf("P3").ShouldBe(start + 7.5);
    }

    [Fact]
    [Trait("Measured", "2.4 a guard opens at a step")]
    public void A_guard_opens_at_the_first_step_after_its_condition_has_come_true()
    {
        var run = Of(Initial("G") + Guard("G", "{'condition_type': 'Age', 'operator': '>=', 'quantity': 20, 'unit': 'years'}", "P1") + Mark("P1", "Terminal") + Terminal);

        var birth = SimTime.ToDateTimeOffset(run.Birth);
        var opened = SimTime.ToDateTimeOffset(run.Procedures[0].Start);
        (run.DayOf("P1") % 7).ShouldBe(0);
        opened.Date.ShouldBeGreaterThanOrEqualTo(birth.Date.AddYears(20));
        opened.Date.ShouldBeLessThan(birth.Date.AddYears(20).AddDays(8));
    }

    [Fact]
    [Trait("Measured", "2.1 modules run in order of key")]
    public void A_module_that_runs_later_in_the_step_sees_what_an_earlier_one_has_set()
    {
        const string flag = "{'condition_type': 'Attribute', 'attribute': 'flag', 'operator': '==', 'value': true}";
        var run = Of(new Dictionary<string, string>
        {
            ["ya_guard"] = Initial("G") + Guard("G", flag, "P1") + Mark("P1", "Terminal") + Terminal,
            ["ym_set"] = Initial("D") + Delay("D", 21, "days", "S") + Set("S", "flag", "true", "Terminal") + Terminal,
            ["yz_guard"] = Initial("G") + Guard("G", flag, "P2") + Mark("P2", "Terminal") + Terminal,
        });

        run.DayOf("P2").ShouldBe(21);
        run.DayOf("P1").ShouldBe(28);
    }

    [Fact]
    [Trait("Measured", "2.3 a rewound pass sees the later step")]
    public void A_rewound_pass_sees_attributes_of_the_later_step()
    {
        const string flag = "{'condition_type': 'Attribute', 'attribute': 'flag', 'operator': '==', 'value': true}";
        var run = Of(new Dictionary<string, string>
        {
            ["a_set"] = Initial("D") + Delay("D", 21, "days", "S") + Set("S", "flag", "true", "Terminal") + Terminal,
            ["b_poll"] = Initial("D") + Delay("D", 1, "days", "I") + If("I", flag, "P1", "D") + Mark("P1", "Terminal") + Terminal,
        });

        run.DayOf("P1").ShouldBe(15, "the step at day 21 catches up from day 15 on, and the flag is set by then");
    }

    [Theory]
    [Trait("Measured", "3.1 units of delays")]
    [InlineData("{'type': 'Delay', 'exact': {'quantity': 1.5, 'unit': 'days'}", 1.5)]
    [InlineData("{'type': 'Delay', 'exact': {'quantity': 1, 'unit': 'years'}", 365)]
    [InlineData("{'type': 'Delay', 'exact': {'quantity': 4, 'unit': 'years'}", 1461)]
    [InlineData("{'type': 'Delay', 'exact': {'quantity': 0.5, 'unit': 'weeks'}", 3)]
    [InlineData("{'type': 'Delay', 'exact': {'quantity': 1, 'unit': 'months'}", 30)]
    [InlineData("{'type': 'Delay', 'exact': {'quantity': 1.5, 'unit': 'hours'}", 0.0625)]
    [InlineData("{'type': 'Delay', 'exact': {'quantity': 45.5, 'unit': 'minutes'}", 2730 / 86_400.0)]
    [InlineData("{'type': 'Delay', 'range': {'low': 2.5, 'high': 2.5, 'unit': 'days'}", 2.5)]
    [InlineData("{'type': 'Delay', 'distribution': {'kind': 'EXACT', 'parameters': {'value': 2.9}}, 'unit': 'weeks'", 14)]
    [InlineData("{'type': 'Delay', 'distribution': {'kind': 'EXACT', 'parameters': {'value': 1.9}}, 'unit': 'months'", 30)]
    [InlineData("{'type': 'Delay', 'distribution': {'kind': 'EXACT', 'parameters': {'value': 1.9}}, 'unit': 'days'", 1)]
    [InlineData("{'type': 'Delay', 'distribution': {'kind': 'EXACT', 'parameters': {'value': 0.5}}, 'unit': 'months'", 0)]
    [InlineData("{'type': 'Delay', 'distribution': {'kind': 'EXACT', 'parameters': {'value': 4}}, 'unit': 'years'", 1460)]
    [InlineData("{'type': 'Delay', 'distribution': {'kind': 'EXACT', 'parameters': {'value': 90.7}}, 'unit': 'minutes'", 0.0625)]
    public void The_old_form_keeps_fractions_and_the_new_form_cuts_to_whole_units(string delay, double days)
    {
        var run = Of(Initial("D") + $"'D': {delay}, 'direct_transition': 'P1'}}," + Mark("P1", "Terminal") + Terminal);

        run.DayOf("P1").ShouldBe(days);
    }

    [Fact]
    [Trait("Measured", "6.1 a procedure with a duration blocks")]
    [Trait("Measured", "6.1 one without takes 15 minutes and does not")]
    public void A_procedure_with_a_duration_blocks_the_module_and_one_without_does_not()
    {
        var run = Of(Initial("V") + Visit("V", "E1", "P1")
            + $"'P1': {{'type': 'Procedure', 'codes': [{Code("P1")}], 'duration': {{'low': 120, 'high': 120, 'unit': 'minutes'}}, 'direct_transition': 'P2'}},"
            + Mark("P2", "P3") + $"'P3': {{'type': 'Procedure', 'codes': [{Code("P3")}], 'duration': {{'low': 10, 'high': 10, 'unit': 'days'}}, 'direct_transition': 'P4'}},"
            + Mark("P4", "Terminal") + Terminal);

        var start = run.DayOf("P1");
        run.DayOf("P2").ShouldBe(start + (120 / 1440.0));
        run.DayOf("P3").ShouldBe(start + (120 / 1440.0), "the procedure before has no duration");
        run.Procedures.Single(p => p.Code.Value == "P2").Stop.ShouldBe(run.Procedures.Single(p => p.Code.Value == "P2").Start + (15 * SimTime.Minute));
        run.DayOf("P4").ShouldBe(start + 10 + (120 / 1440.0));
    }

    [Fact]
    public void The_distribution_of_a_procedures_length_keeps_its_fraction()
    {
        var run = Of(Initial("V") + Visit("V", "E1", "P1")
            + $"'P1': {{'type': 'Procedure', 'codes': [{Code("P1")}], 'distribution': {{'kind': 'EXACT', 'parameters': {{'value': 1.5}}}}, 'unit': 'hours', 'direct_transition': 'P2'}}," + Mark("P2", "Terminal") + Terminal);

        run.DayOf("P2").ShouldBe(run.DayOf("P1") + 0.0625);
        (run.Procedures[0].Stop - run.Procedures[0].Start).ShouldBe(90 * SimTime.Minute);
    }

    [Fact]
    public void A_module_that_loops_without_time_passing_is_stopped_with_its_name_and_state()
    {
        var fault = Should.Throw<SimulationException>(() => Of(Initial("A") + Simple("A", "B") + Simple("B", "A") + Terminal));

        fault.Code.ShouldBe("SIM020");
        fault.Message.ShouldContain("test_module");
        fault.Message.ShouldContain("state '");
    }
}
