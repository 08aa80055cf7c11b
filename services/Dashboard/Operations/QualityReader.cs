using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.Operations;

/// <summary>Reads the kept results of the checks and tests; once a dbt run, for all open pages.</summary>
public sealed class QualityReader(IRunStore store, OperationsStore operations) : IDisposable
{
    /// <summary>Runs that are shown.</summary>
    public const int Runs = 60;

    private const int ResultsAtMost = 10_000;
    private static readonly string[] TestKinds = ["test", "unit_test", "unittest"];
    private readonly SemaphoreSlim gate = new(1, 1);
    private QualityView view = new();
    private string? readFor;

    /// <summary>The state after a run.</summary>
    /// <param name="lastRun">The newest ended dbt run: what was read for it is read once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<QualityView> ReadAsync(long? lastRun, CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            // The checks are kept a moment before or after the run's end; one more row makes the key another one.
            var newest = (await operations.QualityAsync(limit: 1, cancellationToken: cancellationToken)).FirstOrDefault()?.Id;
            var key = $"{lastRun}|{newest}";
            if (key != readFor)
            {
                view = Build(await operations.QualityAsync(limit: ResultsAtMost, cancellationToken: cancellationToken), await store.NodeHistoryAsync(new NodeFilter { Kinds = TestKinds, Runs = Runs }, cancellationToken));
                readFor = key;
            }

            return view;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    internal static QualityView Build(IReadOnlyList<QualityResult> results, IReadOnlyList<NodeRun> tests)
    {
        var runs = results.Select(result => result.RunId).Distinct().OrderDescending().Take(Runs).ToList();
        var newest = runs.FirstOrDefault();
        var history = results.Where(result => runs.Contains(result.RunId)).ToLookup(result => (result.Kind, result.Target));
        var checks = results.Where(result => result.RunId == newest).Select(result => new QualityCheck(
            result.Kind, result.Target, result.Value, result.Limit, result.Status, result.Message,
            [.. history[(result.Kind, result.Target)].OrderBy(old => old.RunId).Select(old => new QualityPoint(old.CheckedAt, old.RunId, old.Value, old.Status, old.Message))])).ToList();
        return new QualityView
        {
            CheckRun = newest,
            CheckedAt = results.FirstOrDefault(result => result.RunId == newest)?.CheckedAt,
            Checks = checks,
            Rows = Pair(checks),
            TestRuns = [.. tests.GroupBy(test => test.RunId).OrderBy(run => run.Key).Select(run => new TestRun(
                run.Key, run.Min(test => test.StartedAt), run.Count(test => test.Status == "pass"), run.Count(test => test.Status == "warn"),
                run.Count(test => DbtNames.IsFailed(test.Status)), run.Count(test => test.Status == "skipped")))],
            Failing = [.. tests.GroupBy(test => test.UniqueId, StringComparer.Ordinal).Select(Record).OfType<TestRecord>().OrderByDescending(test => test.FailsNow).ThenByDescending(test => test.Times).ThenBy(test => test.UniqueId, StringComparer.Ordinal)],
        };
    }

    private static TestRecord? Record(IEnumerable<NodeRun> runs)
    {
        var ran = runs.Where(run => run.Status != "skipped").OrderByDescending(run => run.RunId).ToList();
        var failed = ran.Where(run => DbtNames.IsFailed(run.Status)).ToList();
        return failed.Count == 0 ? null : new TestRecord(failed[0].UniqueId, failed.Count, ran.Count, failed[0].RunId, DbtNames.IsFailed(ran[0].Status), failed[0].Failures);
    }

    // stg_encounters and fct_encounters are the same thing in two layers, as are stg_organizations and dim_organization.
    private static List<EntityRows> Pair(List<QualityCheck> checks)
    {
        var rows = checks.Where(check => check.Kind == QualityKind.RowCount).ToList();
        var staging = rows.Where(check => NameOf(check.Target).StartsWith("stg_", StringComparison.Ordinal)).ToDictionary(check => EntityOf(check.Target), StringComparer.Ordinal);
        var marts = rows.Where(check => NameOf(check.Target) is var name && (name.StartsWith("dim_", StringComparison.Ordinal) || name.StartsWith("fct_", StringComparison.Ordinal))).ToDictionary(check => EntityOf(check.Target), StringComparer.Ordinal);
        return [.. marts.Keys.Concat(staging.Keys).Distinct(StringComparer.Ordinal).Select(name => new EntityRows(name, staging.GetValueOrDefault(name), marts.GetValueOrDefault(name)))];
    }

    private static string NameOf(string target) => target[(target.LastIndexOf('.') + 1)..];

    private static string EntityOf(string target) => NameOf(target)[4..];
}
