using System.CommandLine;
using FhirAspire.Simulation;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Modules;

namespace FhirAspire.AppHost.Commands;

/// <summary>Work on simulation modules.</summary>
internal static class ModulesCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("PATH") { Description = "Folder, zip or jar with modules" };
        var withOwn = new Option<bool>("--with-own") { Description = "Together with the product's own modules, whose submodules they may call" };
        var check = new Command("check", Examples.Add(
            "Checks modules without running them: every fault with file, state and field, what stands there, and what is expected.",
            "modules check my-modules", "modules check synthea-with-dependencies.jar")) { path, withOwn };
        check.SetAction(parsed => Check(parsed.GetValue(path)!, parsed.GetValue(withOwn)));
        return new Command("modules", "Simulation modules") { check };
    }

    private static int Check(string path, bool withOwn)
    {
        IReadOnlyList<ModuleIssue> issues;
        try
        {
            var source = FileSources.Open(path);
            issues = ModuleLoader.Check(withOwn ? [FileSources.OwnModules(), source] : [source]);
        }
        catch (SimulationException e)
        {
            throw new CommandException(e.Message, exitCode: Root.WrongUse);
        }

        foreach (var issue in issues)
        {
            Console.WriteLine(issue);
        }

        var errors = issues.Count(issue => !issue.IsWarning);
        Console.WriteLine($"{path}: {errors} errors, {issues.Count - errors} warnings");
        return errors == 0 ? 0 : Root.Failed;
    }
}
