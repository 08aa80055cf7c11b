using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Tests.Support;
using static FhirAspire.Simulation.Tests.Support.TinyRun;

namespace FhirAspire.Simulation.Tests.Modules;

public class ModuleCheckTests
{
    private static ModuleIssue Only(string states) => ModuleLoader.Check(TinyRun.Files(new() { ["test_module"] = states })).ShouldHaveSingleItem();

    [Fact]
    public void A_misspelled_target_is_reported_with_file_state_and_suggestion()
    {
        var issue = Only(Initial("Simpel") + Simple("Simple", "Terminal") + Terminal);

        issue.File.ShouldBe("modules/test_module.json");
        issue.State.ShouldBe("Initial");
        issue.Key.ShouldBe("direct_transition");
        issue.Found.ShouldBe("'Simpel'");
        issue.Hint.ShouldBe("did you mean 'Simple'?");
    }

    [Fact]
    public void An_unknown_type_is_reported()
    {
        var issue = Only("'Initial': {'type': 'Inital', 'direct_transition': 'Terminal'}," + Terminal);

        issue.Found.ShouldBe("'Inital'");
        issue.Hint.ShouldBe("did you mean 'Initial'?");
    }

    [Fact]
    public void A_missing_initial_state_is_reported() => Only(Simple("Start", "Terminal") + Terminal).Expected.ShouldContain("Initial");

    [Fact]
    public void A_state_without_a_transition_is_reported() => Only("'Initial': {'type': 'Initial'}," + Terminal).Found.ShouldBe("no transition");

    [Fact]
    public void An_unknown_submodule_is_reported()
        => Only(Initial("C") + "'C': {'type': 'CallSubmodule', 'submodule': 'sub/x', 'direct_transition': 'Terminal'}," + Terminal).Found.ShouldBe("'sub/x'");

    [Fact]
    public void An_unknown_operator_unit_and_vital_sign_are_all_reported_at_once()
    {
        var issues = ModuleLoader.Check(TinyRun.Files(new()
        {
            ["test_module"] = Initial("G") + Guard("G", "{'condition_type': 'Age', 'operator': '=>', 'quantity': 1, 'unit': 'yeers'}", "H")
                + Guard("H", "{'condition_type': 'Vital Sign', 'vital_sign': 'Hight', 'operator': '>', 'value': 1}", "Terminal") + Terminal,
        }));

        issues.Select(i => i.Key).ShouldBe(["allow.unit", "allow.operator", "allow.vital_sign"], ignoreOrder: true);
        issues.ShouldContain(i => i.Hint == "did you mean 'years'?");
        issues.ShouldContain(i => i.Hint == "did you mean 'Height'?");
    }

    [Fact]
    public void Broken_json_is_reported_with_its_line()
    {
        var issues = ModuleLoader.Check(new MemoryFiles(new() { ["modules/a.json"] = "{\n  \"states\": {,}\n}" }));

        issues.ShouldHaveSingleItem().File.ShouldStartWith("modules/a.json:2:");
    }

    [Fact]
    public void A_lookup_table_whose_columns_do_not_fit_is_reported()
    {
        var issues = ModuleLoader.Check(TinyRun.Files(new()
        {
            ["test_module"] = Initial("L") + "'L': {'type': 'Simple', 'lookup_table_transition': [{'transition': 'Terminal', 'default_probability': 1, 'lookup_table_name': 't.csv'}]}," + Terminal,
            ["lookup_tables/t.csv"] = "age,Terminl\n0-5,1\n",
        }));

        issues.ShouldHaveSingleItem().Hint.ShouldBe("did you mean 'Terminl'?");
    }

    [Fact]
    public void Unknown_fields_and_remarks_are_ignored()
        => ModuleLoader.Check(TinyRun.Files(new() { ["test_module"] = "'Initial': {'type': 'Initial', 'remarks': ['x'], 'what': 1, 'direct_transition': 'Terminal'}," + Terminal })).ShouldBeEmpty();

    [Fact]
    public void Loading_faulty_modules_throws_and_lists_the_faults()
    {
        var fault = Should.Throw<ModuleException>(() => Load(new() { ["test_module"] = Initial("X") + Terminal }));

        fault.Issues.ShouldHaveSingleItem();
        fault.Message.ShouldContain("modules/test_module.json, state 'Initial'");
    }

    [Fact]
    public void A_source_without_modules_is_reported() => ModuleLoader.Check(new MemoryFiles([])).ShouldHaveSingleItem().Found.ShouldBe("no module");
}
