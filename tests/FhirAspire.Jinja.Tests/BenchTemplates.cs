using FhirAspire.Jinja.Modules;
using FhirAspire.Tests;

namespace FhirAspire.Jinja.Tests;

public sealed class BenchTemplates
{
    [SkippableTheory]
    [InlineData("1-model")]
    [InlineData("2-loop")]
    [InlineData("3-recursion")]
    [InlineData("4-filters")]
    [InlineData("5-whitespace")]
    public void The_template_that_speed_is_measured_with_renders_as_the_reference_did(string name)
    {
        var folder = TestEnvironment.RequireShared("jinja-conformance/bench");
        var stripped = name.StartsWith('5');
        var environment = new JinjaEnvironment(new JinjaOptions { TrimBlocks = stripped, LstripBlocks = stripped });
        var read = (JinjaObject)ContextFunctions.Make(TimeProvider.System)["fromjson"]!;
        object? variables = null;
        environment.Compile("{{ f() }}").Render(new Dictionary<string, object?>(StringComparer.Ordinal) { ["f"] = (JinjaCallable)(call => variables = call.Context.Call(read, File.ReadAllText(Path.Combine(folder, name + ".json")))) });
        environment.Compile(File.ReadAllText(Path.Combine(folder, name + ".jinja")), name).Render((JinjaDict)variables!).ShouldBe(File.ReadAllText(Path.Combine(folder, name + ".expected")));
    }
}
