using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Artifacts;

/// <summary>Writes <c>run_results.json</c> (schema v6).</summary>
internal static class RunResultsWriter
{
    public static void Write(DbtSession session, IReadOnlyList<DbtNodeResult> results, double seconds)
    {
        var map = new DbtMap
        {
            ["metadata"] = ManifestWriter.Metadata(session, "https://schemas.getdbt.com/dbt/run-results/v6.json"),
            ["results"] = new List<object?>(results.Select(Result)),
            ["elapsed_time"] = seconds,
            ["args"] = InvocationArgs.Of(session),
        };
        JsonValues.WriteFile(Path.Combine(session.TargetFolder, "run_results.json"), map);
    }

    public static DbtMap Result(DbtNodeResult result) => new()
    {
        ["status"] = StatusName(result.Status),
        ["timing"] = Timing(result),
        ["thread_id"] = result.Thread,
        ["execution_time"] = result.Seconds,
        ["adapter_response"] = result.AdapterResponse,
        // Which node was in the way is for people; dbt keeps it out of the file.
        ["message"] = result.Status == DbtStatus.Skipped && result.Message?.StartsWith("Skipping because", StringComparison.Ordinal) == true ? null : result.Message,
        ["failures"] = result.Failures,
        ["unique_id"] = result.UniqueId,
        ["compiled"] = IsCompiled(result),
        ["compiled_code"] = CompiledSql(result),
        // dbt leaves it out for seeds.
        ["relation_name"] = result.ResourceType == DbtResourceType.Seed ? null : result.RelationName,
        ["batch_results"] = result.BatchResults,
    };

    private static bool? IsCompiled(DbtNodeResult result) => result.ResourceType switch
    {
        DbtResourceType.Seed or DbtResourceType.Exposure or DbtResourceType.SavedQuery => null,
        DbtResourceType.UnitTest => CompiledSql(result) is not null ? true : null,
        _ => CompiledSql(result) is not null,
    };

    // What runs in batches is compiled for each of them, never as a whole; a unit test is there as compiled once it has a verdict.
    private static string? CompiledSql(DbtNodeResult result) =>
        result.BatchResults is not null || (result.ResourceType == DbtResourceType.UnitTest && result.Status is not (DbtStatus.Pass or DbtStatus.Fail)) ? null : result.CompiledSql;

    public static List<object?> Timing(DbtNodeResult result) => result.Status == DbtStatus.Skipped
        ? []
        : [
            new DbtMap { ["name"] = "compile", ["started_at"] = ManifestWriter.Time(result.StartedAt), ["completed_at"] = ManifestWriter.Time(result.CompiledAt) },
            new DbtMap { ["name"] = "execute", ["started_at"] = ManifestWriter.Time(result.CompiledAt), ["completed_at"] = ManifestWriter.Time(result.FinishedAt) },
        ];

    // A node that was rolled back did not come to be: for tools that read the file it is skipped.
    public static string StatusName(DbtStatus status) => status switch
    {
        DbtStatus.Success => "success",
        DbtStatus.Error => "error",
        DbtStatus.Fail => "fail",
        DbtStatus.Warn => "warn",
        DbtStatus.Pass => "pass",
        DbtStatus.Skipped or DbtStatus.RolledBack => "skipped",
        DbtStatus.PartialSuccess => "partial success",
        DbtStatus.NoOp => "no-op",
        _ => "runtime error",
    };
}
