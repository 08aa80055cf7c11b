using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;

namespace FhirAspire.Dbt.Commands;

/// <summary>Takes from another state's manifest where nodes stand there (https://docs.getdbt.com/reference/node-selection/defer).</summary>
internal static class Deferral
{
    public static void Apply(DbtSession session)
    {
        var options = session.Options;
        if (!options.Defer && options.Command != "clone")
        {
            // A state that is asked for has to be there even when only selection reads it.
            if (options.State is { } stateOnly && options.Command != "retry")
            {
                Check(session, Path.GetFullPath(stateOnly, session.Root.Root), stateOnly, "--state");
            }

            return;
        }

        var folder = options.DeferState ?? options.State
            ?? throw new DbtException("DBT6002", DbtErrorKind.Runtime, $"{(options.Command == "clone" ? "Cloning" : "Deferral")} requires --state or --defer-state, and neither was given") { Expected = "a folder with manifest.json", Hint = "add --state FOLDER" };
        var path = Path.GetFullPath(folder, session.Root.Root);
        Check(session, path, folder, options.DeferState is null ? "--state" : "--defer-state");
        var other = StateReader.ReadManifest(Path.Combine(path, "manifest.json"));
        foreach (var node in session.Manifest.Nodes.Values)
        {
            if (node.ResourceType is DbtResourceType.Model or DbtResourceType.Seed or DbtResourceType.Snapshot && other.Nodes.TryGetValue(node.UniqueId, out var there) && !node.IsEphemeral && there.Materialized != "ephemeral")
            {
                node.DeferRelation = there;
            }
        }
    }

    private static void Check(DbtSession session, string path, string given, string option)
    {
        if (!File.Exists(Path.Combine(path, "manifest.json")))
        {
            throw new DbtException("DBT6003", DbtErrorKind.Runtime, $"Could not find manifest in {option} path: \"{given}\"") { Found = given, Expected = "a folder with manifest.json", Hint = "copy the target folder of the run to compare with" };
        }

        if (path == session.TargetFolder)
        {
            session.Log.Caution("WarnStateTargetEqual", $"The state and target directories are the same: '{given}'. This could lead to missing changes due to overwritten state including non-idempotent retries.");
        }
    }
}
