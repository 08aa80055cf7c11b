using System.Globalization;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Run;

/// <summary>Runs a microbatch model: one stretch of time after the other (https://docs.getdbt.com/docs/build/incremental-microbatch).</summary>
internal sealed class Microbatch(DbtSession session, NodeRunner runner)
{
    public static bool Is(DbtNode node) => node.Materialized == "incremental" && node.Config.GetString("incremental_strategy") == "microbatch";

    public DbtNodeResult Run(DbtNode node, Connection connection, NodeClock clock)
    {
        var size = node.Config.GetString("batch_size") ?? throw Missing(node, "batch_size", "hour, day, month or year");
        if (node.Config.Get("event_time") is not string)
        {
            throw Missing(node, "event_time", "the name of a column");
        }

        var exists = session.Relations.Find(node.Database, node.Schema, node.Alias) is { Type: "table" };
        var isFullRefresh = node.Config.Get("full_refresh") as bool? ?? session.Options.FullRefresh;
        var batches = Batches(node, size, exists && !isFullRefresh);
        var good = new List<object?>();
        var bad = new List<object?>();
        DbtException? firstError = null;
        var rows = 0L;
        foreach (var (start, end) in batches)
        {
            connection.CancellationToken.ThrowIfCancellationRequested();
            node.Batch = Describe(start, end, size);
            // A batch after the first adds to the table that the first one made.
            var wasFull = node.Config.Get("full_refresh");
            if (good.Count > 0 || (exists && !isFullRefresh))
            {
                node.Config["full_refresh"] = false;
            }

            try
            {
                runner.Compile(node, connection, Val.Str(node.Batch.Get("suffix")));
                clock.Compiled();
                var main = runner.Materialize(node, connection, "incremental");
                rows += (main.Response as AdapterResponse)?.Rows ?? 0;
                good.Add(new List<object?> { Iso(start), Iso(end) });
            }
            catch (DbtException exception)
            {
                connection.Rollback();
                firstError ??= exception;
                bad.Add(new List<object?> { Iso(start), Iso(end) });
                if (good.Count == 0 && !exists)
                {
                    // Without a table the batches that follow cannot be added to anything.
                    bad.AddRange(batches.SkipWhile(batch => batch.Start <= start).Select(batch => new List<object?> { Iso(batch.Start), Iso(batch.End) }));
                    break;
                }
            }
            finally
            {
                node.Config["full_refresh"] = wasFull;
                node.Batch = null;
            }
        }

        // It was compiled for each batch, never as a whole.
        (node.IsCompiled, node.CompiledCode, node.CompiledPath, node.BuildPath) = (false, null, null, null);
        var results = new DbtMap { ["successful"] = good, ["failed"] = bad };
        var status = bad.Count == 0 ? DbtStatus.Success : good.Count == 0 ? DbtStatus.Error : DbtStatus.PartialSuccess;
        var message = status switch
        {
            DbtStatus.Success => "SUCCESS",
            DbtStatus.Error => "ERROR",
            _ => $"PARTIAL SUCCESS ({good.Count}/{good.Count + bad.Count})",
        };
        return clock.Result(node, status, message, failures: status == DbtStatus.Success ? 0 : null, response: new AdapterResponse(message, null, rows), error: firstError?.With(subject: node.Subject, file: node.OriginalFilePath), batches: results);
    }

    private List<(DateTime Start, DateTime End)> Batches(DbtNode node, string size, bool isIncremental)
    {
        var sample = session.Sample;
        var givenStart = sample?.Start ?? session.Options.EventTimeStart;
        var end = (sample?.End ?? session.Options.EventTimeEnd) is { } givenEnd ? Ceiling(givenEnd, size) : Next(Floor(session.StartedAt.UtcDateTime, size), size);
        var begin = node.Config.Get("begin") switch
        {
            DateOnly date => date.ToDateTime(TimeOnly.MinValue),
            DateTime time => time,
            string text when DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) => time,
            _ => (DateTime?)null,
        };
        DateTime start;
        if (givenStart is { } given)
        {
            start = Floor(given, size);
        }
        else if (!isIncremental)
        {
            start = Floor(begin ?? throw Missing(node, "begin", "the time of the first batch"), size);
        }
        else
        {
            var lookback = node.Config.Get("lookback") is long number ? number : 1;
            start = Floor(session.StartedAt.UtcDateTime, size);
            for (var i = 0; i < lookback; i++)
            {
                start = Previous(start, size);
            }
        }

        if (begin is { } first && start < first && givenStart is null)
        {
            start = Floor(first, size);
        }

        var batches = new List<(DateTime, DateTime)>();
        for (var at = start; at < end; at = Next(at, size))
        {
            var next = Next(at, size);
            batches.Add((at, next > end ? end : next));
        }

        return batches.Count > 0 ? batches : [(start, Next(start, size))];
    }

    private static DbtMap Describe(DateTime start, DateTime end, string size) => new()
    {
        ["id"] = start.ToString(size switch { "year" => "yyyy", "month" => "yyyyMM", "day" => "yyyyMMdd", _ => "yyyyMMddTHH" }, CultureInfo.InvariantCulture),
        ["event_time_start"] = Commands.SampleWindow.Text(start),
        ["event_time_end"] = Commands.SampleWindow.Text(end),
        ["suffix"] = start.ToString(size switch { "year" => "yyyy", "month" => "yyyy-MM", "day" => "yyyy-MM-dd", _ => "yyyy-MM-ddTHH" }, CultureInfo.InvariantCulture),
    };

    private static string Iso(DateTime time) => time.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture) + "+00:00";

    private static DateTime Floor(DateTime time, string size) => size switch
    {
        "year" => new DateTime(time.Year, 1, 1),
        "month" => new DateTime(time.Year, time.Month, 1),
        "day" => time.Date,
        "hour" => time.Date.AddHours(time.Hour),
        _ => throw new DbtException("DBT3007", DbtErrorKind.Compilation, $"'{size}' is not a valid batch_size") { Found = size, Expected = "hour, day, month or year", Hint = Values.Text.DidYouMean(size, ["hour", "day", "month", "year"]) },
    };

    // A batch is never cut: an end within one is the end of it.
    private static DateTime Ceiling(DateTime time, string size) => Floor(time, size) == time ? time : Next(Floor(time, size), size);

    private static DateTime Next(DateTime time, string size) => size switch { "year" => time.AddYears(1), "month" => time.AddMonths(1), "day" => time.AddDays(1), _ => time.AddHours(1) };

    private static DateTime Previous(DateTime time, string size) => size switch { "year" => time.AddYears(-1), "month" => time.AddMonths(-1), "day" => time.AddDays(-1), _ => time.AddHours(-1) };

    private static DbtException Missing(DbtNode node, string key, string expected) =>
        new("DBT3008", DbtErrorKind.Compilation, $"Microbatch model '{node.Name}' must provide '{key}' (string) config") { File = node.OriginalFilePath, Found = $"no '{key}'", Expected = expected, Subject = node.Subject };
}
