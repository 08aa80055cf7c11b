using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>run-operation</c>: calls a macro.</summary>
internal static class OperationCommand
{
    public static async Task<DbtResult> RunAsync(DbtSession session, CancellationToken cancellation)
    {
        DbtGraph.Build(session.Manifest);
        if (session.Options.WriteJson)
        {
            ManifestWriter.Write(session);
        }

        var name = session.Options.Macro!;
        var parts = name.Split('.', 2);
        var macro = parts.Length == 2 ? session.Macros.FindIn(parts[0], parts[1]) : session.Macros.Find(name, session.Root.Name) ?? session.Macros.FindAnywhere(name);
        if (macro is null)
        {
            throw new DbtException("DBT2008", DbtErrorKind.Compilation, $"dbt could not find a macro with the name '{parts[^1]}' in {(parts.Length == 2 ? $"the '{parts[0]}' package" : "any package")}. This can happen when calling a macro that does not exist. Check for typos and/or install package dependencies with \"dbt deps\".")
            {
                Found = name, Expected = "a macro of the project", Hint = Text.DidYouMean(parts[^1], session.Macros.Names),
            };
        }

        var clock = new NodeClock(session, "main");
        var connection = new Connection(session, isGrouped: false, cancellation);
        var node = new DbtNode
        {
            ResourceType = DbtResourceType.Macro, UniqueId = macro.UniqueId, Name = macro.Name, PackageName = macro.PackageName, Path = macro.OriginalFilePath, OriginalFilePath = macro.OriginalFilePath, Fqn = [macro.PackageName, macro.Name],
        };
        DbtNodeResult result;
        await using (connection.ConfigureAwait(false))
        {
            var scope = new NodeScope(session, ScopeMode.Run, null, session.Root.Name) { Connection = connection, Operation = macro };
            try
            {
                session.Templates.Start(scope.Callable(macro), [], [.. session.Options.Args.Select(entry => KeyValuePair.Create(Val.Str(entry.Key), Host.ToTemplate(entry.Value)))]);
                // As with dbt, what a statement began and the macro did not commit is lost; run_query is outside of transactions.
                connection.Rollback();
                result = clock.Result(node, DbtStatus.Success, null, failures: 0);
            }
            catch (DbtException exception)
            {
                connection.Rollback();
                var error = exception.Code == "DBT2108" ? exception.With(subject: macro.Subject, exitCode: 1) : exception.With(exitCode: 1);
                session.Log.Error("Encountered an error while running operation: " + error.ToConsoleText());
                result = clock.Result(node, DbtStatus.Error, error.ToDbtText(), failures: 1, error: error);
            }
        }

        if (session.Options.WriteJson)
        {
            RunResultsWriter.Write(session, [result], result.Seconds);
        }

        return new DbtResult { ExitCode = result.Status == DbtStatus.Success ? 0 : 1, Nodes = [result], Error = result.Error, InvocationId = session.InvocationId };
    }
}
