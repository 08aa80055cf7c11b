using System.Globalization;
using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Warehouse;
using Microsoft.Extensions.Options;

namespace FhirAspire.DbtRunner.Quality;

/// <summary>
/// Checks the data after a dbt run: nulls in critical columns, references without a target, freshness, and how the number of rows goes on. The results are kept
/// (<see cref="OperationsStore.QualityAsync"/>); what is bad or strange raises an alert, which ends when the check is good again.
/// </summary>
public sealed class QualityChecker(IWarehouse warehouse, OperationsStore store, AlertCenter alerts, IOptions<QualityOptions> options, TimeProvider time, ILogger<QualityChecker> logger)
{
    private const int Remembered = 30;
    private const string AlertPrefix = "quality:";

    private readonly QualityOptions options = options.Value;

    /// <summary>Checks and keeps the results. A check that cannot be made is a bad result, and never fails the run.</summary>
    public async Task<IReadOnlyList<QualityResult>> CheckAsync(long runId, CancellationToken cancellationToken)
    {
        if (!options.Enabled)
        {
            return [];
        }

        var results = new List<QualityResult>();
        await using var session = await warehouse.OpenAsync(cancellationToken);
        foreach (var text in options.EffectiveColumns)
        {
            await AddAsync(results, QualityKind.NullShare, text.Split('=')[0], () => NullShareAsync(session, text, cancellationToken));
        }

        foreach (var text in options.EffectiveReferences)
        {
            await AddAsync(results, QualityKind.Orphans, text, () => OrphansAsync(session, text, cancellationToken));
        }

        await AddAsync(results, QualityKind.Freshness, "raw.fhir_bundles", () => FreshnessAsync(session, cancellationToken));
        foreach (var table in options.EffectiveTables)
        {
            await AddAsync(results, QualityKind.RowCount, table, () => RowCountAsync(session, table, cancellationToken));
        }

        foreach (var result in results)
        {
            result.RunId = runId;
            result.CheckedAt = time.GetUtcNow().UtcDateTime;
        }

        await store.AddQualityAsync(results, cancellationToken);
        await TellAsync(results, cancellationToken);
        return results;
    }

    private async Task AddAsync(List<QualityResult> results, QualityKind kind, string target, Func<Task<Found>> check)
    {
        Found found;
        try
        {
            found = await check();
        }
        catch (WarehouseException exception)
        {
            DbtRunnerLog.NotChecked(logger, exception, kind.ToString(), target);
            found = new Found(0, null, QualityStatus.Bad, $"could not be checked: {exception.DatabaseMessage}");
        }

        results.Add(new QualityResult { Kind = kind, Target = target, Value = found.Value, Limit = found.Limit, Status = found.Status, Message = found.Message });
    }

    private static async Task<Found> NullShareAsync(IWarehouseSession session, string text, CancellationToken cancellationToken)
    {
        var column = QualityOptions.Column().Match(text);
        var limit = column.Groups["share"] is { Success: true } share ? double.Parse(share.Value, CultureInfo.InvariantCulture) : 0;
        var row = (await session.QueryAsync($"select count(*), count({Name(session, column, "column")}) from {column.Groups["table"].Value}", null, cancellationToken)).Rows[0];
        var (rows, filled) = (Number(row[0]), Number(row[1]));
        var value = rows == 0 ? 0 : (rows - filled) / rows;
        return new Found(value, limit, value > limit ? QualityStatus.Bad : QualityStatus.Ok, FormattableString.Invariant($"{rows - filled:N0} of {rows:N0} rows are null"));
    }

    private static async Task<Found> OrphansAsync(IWarehouseSession session, string text, CancellationToken cancellationToken)
    {
        var reference = QualityOptions.Reference().Match(text);
        var (column, key) = (Name(session, reference, "column"), Name(session, reference, "key"));
        var sql = $"select count(*) from {reference.Groups["table"].Value} as f where f.{column} is not null and not exists (select 1 from {reference.Groups["target"].Value} as t where t.{key} = f.{column})";
        var value = Number((await session.QueryAsync(sql, null, cancellationToken)).Scalar);
        return new Found(value, 0, value > 0 ? QualityStatus.Bad : QualityStatus.Ok, FormattableString.Invariant($"{value:N0} rows refer to nothing"));
    }

    private async Task<Found> FreshnessAsync(IWarehouseSession session, CancellationToken cancellationToken)
    {
        var limit = options.FreshFor.TotalSeconds;
        if ((await session.QueryAsync("select max(loaded_at) from raw.fhir_bundles", null, cancellationToken)).Scalar is not DateTime newest)
        {
            return new Found(0, limit, QualityStatus.Ok, "nothing has been loaded yet");
        }

        var age = (time.GetUtcNow().UtcDateTime - DateTime.SpecifyKind(newest, DateTimeKind.Utc)).TotalSeconds;
        return new Found(age, limit, age > limit ? QualityStatus.Bad : QualityStatus.Ok, FormattableString.Invariant($"the newest row was loaded {newest:yyyy-MM-dd HH:mm:ss} UTC"));
    }

    private async Task<Found> RowCountAsync(IWarehouseSession session, string table, CancellationToken cancellationToken)
    {
        var rows = Number((await session.QueryAsync($"select count(*) from {table}", null, cancellationToken)).Scalar);
        var earlier = (await store.QualityAsync(QualityKind.RowCount, table, Remembered, cancellationToken)).Reverse().Select(result => result.Value).ToList();
        return RowTrend.Find(earlier, rows, options.DropShare) is { } strange
            ? new Found(rows, null, QualityStatus.Anomaly, strange)
            : new Found(rows, null, QualityStatus.Ok, FormattableString.Invariant($"{rows:N0} rows"));
    }

    private async Task TellAsync(List<QualityResult> results, CancellationToken cancellationToken)
    {
        var open = (await store.AlertsAsync(1000, openOnly: true, cancellationToken)).Select(alert => alert.Key).Where(key => key.StartsWith(AlertPrefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        foreach (var result in results)
        {
            var key = $"{AlertPrefix}{result.Kind}:{result.Target}";
            if (result.Status != QualityStatus.Ok)
            {
                await alerts.RaiseAsync(new AlertNotice
                {
                    Key = key, Kind = AlertKind.Failed, Title = $"Data quality, {Words(result.Kind)} of {result.Target}: {(result.Status == QualityStatus.Bad ? "bad" : "unusual")}", Error = result.Message,
                    Code = result.Status == QualityStatus.Bad ? "DQ1001" : "DQ1002", Since = result.CheckedAt, RunId = result.RunId,
                });
            }
            else if (open.Contains(key))
            {
                await alerts.RecoverAsync(key, $"Data quality, {Words(result.Kind)} of {result.Target}: good again", result.RunId);
            }
        }
    }

    private static string Words(QualityKind kind) => kind switch
    {
        QualityKind.NullShare => "nulls",
        QualityKind.Orphans => "references",
        QualityKind.Freshness => "freshness",
        _ => "rows",
    };

    // A column may have the name of a keyword, such as start.
    private static string Name(IWarehouseSession session, System.Text.RegularExpressions.Match match, string group) => session.Warehouse.Dialect.Quote(match.Groups[group].Value);

    private static double Number(object? value) => Convert.ToDouble(value, CultureInfo.InvariantCulture);

    private sealed record Found(double Value, double? Limit, QualityStatus Status, string Message);
}
