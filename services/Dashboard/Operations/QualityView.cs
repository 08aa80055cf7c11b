using FhirAspire.Pipeline.Operations;

namespace FhirAspire.Dashboard.Operations;

/// <summary>What the checks of the data and dbt's tests found, newest and over the last runs.</summary>
public sealed record QualityView
{
    /// <summary>The run after which the newest checks were made; 0 where none has been.</summary>
    public long CheckRun { get; init; }

    /// <summary>When they were made, UTC.</summary>
    public DateTime? CheckedAt { get; init; }

    /// <summary>The checks, in the order of the newest run.</summary>
    public IReadOnlyList<QualityCheck> Checks { get; init; } = [];

    /// <summary>The rows of each entity in staging and in the marts.</summary>
    public IReadOnlyList<EntityRows> Rows { get; init; } = [];

    /// <summary>The tests of the last runs that had any, oldest first.</summary>
    public IReadOnlyList<TestRun> TestRuns { get; init; } = [];

    /// <summary>Tests that failed in any of these runs, those that fail now first, then by how often.</summary>
    public IReadOnlyList<TestRecord> Failing { get; init; } = [];

    /// <summary>The checks of a kind, worst first.</summary>
    public IReadOnlyList<QualityCheck> Of(QualityKind kind) =>
        [.. Checks.Where(check => check.Kind == kind).OrderByDescending(check => check.Status == QualityStatus.Bad).ThenByDescending(check => check.Status != QualityStatus.Ok).ThenByDescending(check => check.Kind is QualityKind.RowCount ? 0 : check.Value)];
}

/// <summary>A check, with what it found before.</summary>
/// <param name="Kind">What is checked.</param>
/// <param name="Target">Where.</param>
/// <param name="Value">A share, rows, or seconds.</param>
/// <param name="Limit">From which value it is bad.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Message">For people.</param>
/// <param name="History">What it found in the last runs, oldest first.</param>
public sealed record QualityCheck(QualityKind Kind, string Target, double Value, double? Limit, QualityStatus Status, string Message, IReadOnlyList<QualityPoint> History);

/// <summary>What a check found after a run.</summary>
/// <param name="At">When, UTC.</param>
/// <param name="RunId">The dbt run.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Status">How it stood.</param>
/// <param name="Message">For people.</param>
public sealed record QualityPoint(DateTime At, long RunId, double Value, QualityStatus Status, string Message);

/// <summary>Rows of the same thing in staging and in the marts.</summary>
/// <param name="Name">The thing: <c>encounters</c>.</param>
/// <param name="Staging">Its rows in staging; null where they are not watched.</param>
/// <param name="Marts">Its rows in the marts; null where they are not watched.</param>
public sealed record EntityRows(string Name, QualityCheck? Staging, QualityCheck? Marts)
{
    /// <summary>Rows that are in staging and not in the marts; null where one of both is not watched.</summary>
    public double? Missing => Staging is null || Marts is null ? null : Staging.Value - Marts.Value;
}

/// <summary>The tests of a run.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When its first test began, UTC.</param>
/// <param name="Passed">Tests that passed.</param>
/// <param name="Warned">Tests that warned.</param>
/// <param name="Failed">Tests that failed or could not be run.</param>
/// <param name="Skipped">Tests that were skipped.</param>
public sealed record TestRun(long RunId, DateTime At, int Passed, int Warned, int Failed, int Skipped);

/// <summary>A test that failed at least once.</summary>
/// <param name="UniqueId">dbt's id.</param>
/// <param name="Times">Runs in which it failed.</param>
/// <param name="Runs">Runs in which it ran.</param>
/// <param name="LastFailed">The newest run in which it failed.</param>
/// <param name="FailsNow">Whether it failed when it last ran.</param>
/// <param name="Failures">Failing rows then.</param>
public sealed record TestRecord(string UniqueId, int Times, int Runs, long LastFailed, bool FailsNow, long? Failures);
