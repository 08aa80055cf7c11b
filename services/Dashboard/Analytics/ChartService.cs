using System.Collections.Concurrent;
using FhirAspire.Dashboard.Marts;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Analytics;

/// <summary>Runs charts: pages, files and API ask here, so that they cannot differ. Answers are kept by text and snapshot, as a snapshot never changes.</summary>
public sealed class ChartService(MartsLibrary marts, IOptions<DashboardOptions> options)
{
    private const int AnswersKept = 300;
    private const int RowsAtMost = 20_000;

    private readonly ConcurrentDictionary<(long Run, string Sql), Task<ReaderResult>> answers = new();
    private readonly ConcurrentDictionary<long, Task<Window>> windows = new();

    /// <summary>The window of a filter on a snapshot.</summary>
    public async Task<Window> WindowAsync(AnalyticsFilter filter, long run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter is { From: { } a, To: { } b })
        {
            return a <= b ? new Window(a, b) : new Window(b, a);
        }

        var natural = await windows.GetOrAdd(run, ReadWindowAsync).WaitAsync(cancellationToken);
        var to = filter.To ?? natural.To;
        var from = filter.From ?? to.AddDays(-364);
        return from <= to ? new Window(from, to) : new Window(to, from);
    }

    /// <summary>A chart's SQL.</summary>
    public async Task<string> SqlAsync(Chart chart, AnalyticsFilter filter, long run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(chart);
        return SqlBuilder.Tidy(chart.Sql(filter, await WindowAsync(filter, run, cancellationToken), marts.Dialect));
    }

    /// <summary>A chart's rows.</summary>
    /// <exception cref="MartsException">There are no marts, or the query failed.</exception>
    public async Task<ReaderResult> RunAsync(Chart chart, AnalyticsFilter filter, long run, CancellationToken cancellationToken = default) =>
        await QueryAsync(await SqlAsync(chart, filter, run, cancellationToken), run, cancellationToken);

    /// <summary>Runs a query of this program's own, kept like a chart's.</summary>
    public async Task<ReaderResult> QueryAsync(string sql, long run, CancellationToken cancellationToken = default)
    {
        if (answers.Count > AnswersKept)
        {
            answers.Clear();
        }

        var key = (run, sql);
        // The work goes on for the next who asks, whoever leaves first.
        var task = answers.GetOrAdd(key, k => marts.QueryAsync(k.Run, k.Sql, null, RowsAtMost, options.Value.ChartTimeout, CancellationToken.None));
        try
        {
            return await task.WaitAsync(cancellationToken);
        }
        catch (MartsException exception)
        {
            answers.TryRemove(key, out _);
            // This program's queries ask for columns that its own models make.
            throw MartsErrors.LacksColumn(exception.Message)
                ? new MartsException("DB1007", "these marts are of an earlier version and lack a column that is read here; the next dbt run adds it: run dbt, then read the newest marts")
                : exception;
        }
    }

    private async Task<Window> ReadWindowAsync(long run)
    {
        try
        {
            var result = await marts.QueryAsync(run, "select coalesce(percentile_disc(0.1) within group (order by observed_until), max(observed_until)) from dim_patients where is_deceased = 0", null, 1, options.Value.ChartTimeout);
            var to = result.Rows is [[DateOnly day]] ? day : new DateOnly(2000, 12, 31);
            return new Window(to.AddDays(-364), to);
        }
        catch
        {
            windows.TryRemove(run, out _);
            throw;
        }
    }
}
