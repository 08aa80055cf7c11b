using FhirAspire.Simulation.Tests.Support;
using static FhirAspire.Simulation.Tests.Support.TinyRun;

namespace FhirAspire.Simulation.Tests.Semantics;

/// <summary>Sections 2.5 and 5.1: submodules, and looking back.</summary>
public class SubmoduleAndHistoryTests
{
    private const string Call = "'C': {'type': 'CallSubmodule', 'submodule': 'sub/s', 'direct_transition': 'After'},";

    private static string Prior(string name, string more = "") => $"{{'condition_type': 'PriorState', 'name': '{name}'{more}}}";

    [Fact]
    [Trait("Measured", "2.3 a submodule returns at its exact end")]
    public void A_submodule_returns_at_its_exact_end_and_the_caller_goes_on_from_there()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["test_module"] = Initial("C") + Call + Simple("After", "P1") + Mark("P1", "Terminal") + Terminal,
            ["sub/s"] = Initial("D") + Delay("D", 10, "days", "Terminal") + Terminal,
        });

        run.DayOf("P1").ShouldBe(10);
    }

    [Fact]
    [Trait("Measured", "2.5 history of submodules")]
    public void Inside_a_submodule_the_callers_states_are_not_seen_but_the_caller_sees_the_submodules_states_afterwards()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["test_module"] = Initial("Mark") + Simple("Mark", "C") + Call + If("After", Prior("Inner"), "P1", "P2") + Mark("P1", "Terminal") + Mark("P2", "Terminal") + Terminal,
            ["sub/s"] = Initial("Inner") + Simple("Inner", "I") + If("I", Prior("Mark"), "P3", "P4") + Mark("P3", "Terminal") + Mark("P4", "Terminal") + Terminal,
        });

        run.Procedures.Select(p => p.Code.Value).ShouldBe(["P4", "P1"]);
    }

    [Fact]
    [Trait("Measured", "5.1 windows of PriorState")]
    public void The_window_of_a_prior_state_counts_from_its_exit_and_since_stops_the_walk()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["test_module"] = Initial("Mark") + Simple("Mark", "Later") + Simple("Later", "C") + Call
                + If("After", Prior("Mark", ", 'within': {'quantity': 2, 'unit': 'days'}"), "P1", "P2") + Mark("P1", "Next") + Mark("P2", "Next")
                + If("Next", Prior("Mark", ", 'since': 'Later'"), "P3", "P4") + Mark("P3", "Last") + Mark("P4", "Last")
                + If("Last", Prior("Mark", ", 'within': {'quantity': 20, 'unit': 'days'}"), "P5", "P6") + Mark("P5", "Terminal") + Mark("P6", "Terminal") + Terminal,
            ["sub/s"] = Initial("D") + Delay("D", 10, "days", "Terminal") + Terminal,
        });

        run.Procedures.Select(p => p.Code.Value).ShouldBe(["P2", "P4", "P5"]);
    }

    [Fact]
    [Trait("Measured", "2.5 the end of a submodule closes no encounter")]
    [Trait("Measured", "6 the end of a module closes its encounter")]
    public void The_end_of_a_submodule_leaves_an_encounter_open_and_that_of_a_module_closes_it()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["test_module"] = Initial("C") + Call + Delay("After", 20, "days", "Terminal") + Terminal,
            ["sub/s"] = Initial("V") + Visit("V", "E1", "Terminal") + Terminal,
        });

        (run.Days(run.Own.Single().Stop) - run.Days(run.Own.Single().Start)).ShouldBe(20, "the Terminal of the module, reached at the exact end of the delay, closes it");
    }

    [Fact]
    public void Calling_a_submodule_again_starts_it_afresh()
    {
        var run = Of(new Dictionary<string, string>
        {
            ["test_module"] = Initial("C") + "'C': {'type': 'CallSubmodule', 'submodule': 'sub/s', 'direct_transition': 'C2'}, 'C2': {'type': 'CallSubmodule', 'submodule': 'sub/s', 'direct_transition': 'Terminal'}," + Terminal,
            ["sub/s"] = Initial("P1") + Mark("P1", "Terminal") + Terminal,
        });

        run.Procedures.Count.ShouldBe(2);
    }

    [Fact]
    public void A_submodule_that_calls_itself_is_stopped()
    {
        var fault = Should.Throw<SimulationException>(() => Of(new Dictionary<string, string>
        {
            ["test_module"] = Initial("C") + Call + Simple("After", "Terminal") + Terminal,
            ["sub/s"] = Initial("C") + Call + Simple("After", "Terminal") + Terminal,
        }));

        fault.Message.ShouldContain("sub/s");
    }
}
