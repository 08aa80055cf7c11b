using FhirAspire.Dashboard.Formatting;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.State;

/// <summary>Makes a snapshot of what was gathered. Pure: the same input gives the same snapshot.</summary>
public static class SnapshotBuilder
{
    private const string OldMarts = "The marts' newest data is";
    private static readonly string[] Order = [JobNames.Generator, JobNames.Uploader, JobNames.Loader, JobNames.Dbt];
    private static readonly TimeSpan RateWindow = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan CellLength = TimeSpan.FromMinutes(15);
    private const int Cells = 96;

    /// <summary>Makes the snapshot of a version.</summary>
    /// <param name="input">What was gathered.</param>
    /// <param name="version">Its number.</param>
    /// <param name="before">The snapshot before it: a list in which nothing has changed is kept, so that what draws it need not be drawn anew.</param>
    public static PipelineSnapshot Build(SnapshotInput input, long version, PipelineSnapshot? before = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        var names = Order.Concat(input.Live.Keys.Except(Order, StringComparer.Ordinal).Order(StringComparer.Ordinal));
        var jobs = names.Select(name => Job(input, name, before?.Job(name))).ToList();
        var age = DataAge(input, input.Now);
        var stages = StageRules.Build(input, jobs, age);
        var attention = Attention(input, jobs, stages, age);
        var overall = attention.Select(item => item.State).DefaultIfEmpty(StageState.Current).Max();
        return new PipelineSnapshot
        {
            Version = version,
            TakenAt = input.Now,
            HostStartedAt = input.HostStartedAt,
            Jobs = jobs,
            Stages = stages,
            Totals = Totals(input, before),
            Attention = attention,
            Overall = overall,
            Sentence = Sentence(input, attention, age),
            DataAge = age,
            DataAgeHistory = Kept(before?.DataAgeHistory, AgeHistory(input)),
            MartsRun = input.MartsRun,
            Quarantined = input.Quarantined ?? 0,
            Trouble = input.Trouble,
        };
    }

    /// <summary>Age of the newest data that the marts hold: the end of the newest load with work that ended before the newest good dbt run began.</summary>
    internal static TimeSpan? DataAge(SnapshotInput input, DateTime at)
    {
        var build = input.Runs.Of(JobNames.Dbt).LastOrDefault(run => run.Status == RunStatus.Succeeded && run.FinishedAt <= at && run.DidWork);
        if (build is null)
        {
            return null;
        }

        var load = input.Runs.Of(JobNames.Loader).LastOrDefault(run => run.Status == RunStatus.Succeeded && run.DidWork && run.FinishedAt <= build.StartedAt);
        return at - (load?.FinishedAt ?? build.StartedAt);
    }

    private static List<double?> AgeHistory(SnapshotInput input)
    {
        var first = Floor(input.Now) - ((Cells - 1) * CellLength);
        return [.. Enumerable.Range(1, Cells).Select(cell => first + (cell * CellLength)).Select(at => DataAge(input, at < input.Now ? at : input.Now) is { } age ? Math.Floor(age.TotalMinutes) : (double?)null)];
    }

    private static IReadOnlyList<T> Kept<T>(IReadOnlyList<T>? before, IReadOnlyList<T> now) => before is not null && before.SequenceEqual(now) ? before : now;

    private static JobView Job(SnapshotInput input, string name, JobView? before)
    {
        var about = input.Runs.About(name);
        var runs = about.All;
        var live = input.Live.GetValueOrDefault(name);
        var since = input.Now - RateWindow;
        return new JobView
        {
            Name = name,
            IsKnown = live is not null || runs.Count > 0,
            IsRunning = live?.IsRunning ?? runs.LastOrDefault() is { Status: RunStatus.Running },
            IsPaused = live?.IsPaused ?? input.PausedElsewhere.ContainsKey(name),
            PausedBy = live is null ? input.PausedElsewhere.GetValueOrDefault(name) : live.PausedBy,
            Progress = live?.Progress,
            Last = runs.LastOrDefault(),
            LastEnded = runs.LastOrDefault(run => run.FinishedAt is not null),
            NextAt = live is { IsPaused: false } ? ScheduleForecast.Next(live.Options, input.Now) : null,
            Every = live is null ? UsualInterval(name) : live.Options.Every,
            Ended = about.Ended,
            Succeeded = about.Succeeded,
            Mean = about.Mean,
            Median = about.Median,
            Strip = Kept(before?.Strip, Strip(runs, input)),
            RatePerMinute = runs.Where(run => run.FinishedAt >= since).Sum(Items) / RateWindow.TotalMinutes,
        };
    }

    // Of a job in another process only its runs are known; its schedule is then taken for the usual one, so that what waits too long is still called late.
    private static TimeSpan? UsualInterval(string job) => job switch
    {
        JobNames.Generator => TimeSpan.FromSeconds(10),
        JobNames.Uploader => TimeSpan.FromSeconds(30),
        JobNames.Loader => TimeSpan.FromMinutes(5),
        JobNames.Dbt => TimeSpan.FromMinutes(10),
        _ => null,
    };

    internal static long Items(JobRun run) => run.Job switch
    {
        JobNames.Generator => run.Counts.GetValueOrDefault("patients"),
        JobNames.Dbt => run.Counts.GetValueOrDefault("nodes"),
        _ => run.Counts.GetValueOrDefault("files"),
    };

    private static List<StripCell> Strip(IReadOnlyList<JobRun> runs, SnapshotInput input)
    {
        var first = Floor(input.Now) - ((Cells - 1) * CellLength);
        var cells = new (int Runs, int Failed, bool Retried)[Cells];
        foreach (var run in runs)
        {
            var index = (int)((run.StartedAt - first).Ticks / CellLength.Ticks);
            if (run.StartedAt < first || index >= Cells)
            {
                continue;
            }

            cells[index].Runs++;
            cells[index].Failed += run.Status is RunStatus.Failed or RunStatus.Lost ? 1 : 0;
            cells[index].Retried |= run.Attempts > 1;
        }

        return [.. cells.Select((cell, index) =>
        {
            var from = first + (index * CellLength);
            var outcome = cell switch
            {
                { Failed: > 0 } => StripOutcome.Failed,
                { Retried: true } => StripOutcome.Retried,
                { Runs: > 0 } => StripOutcome.Ok,
                _ => from + CellLength <= input.HostStartedAt ? StripOutcome.Down : StripOutcome.None,
            };
            return new StripCell(from, outcome, cell.Runs, cell.Failed);
        })];
    }

    private static DateTime Floor(DateTime instant) => new(instant.Ticks - (instant.Ticks % CellLength.Ticks), DateTimeKind.Utc);

    // Marts are built, not added to: what came in is the difference of two samples.
    private static TotalView MartRows(SnapshotInput input)
    {
        var hour = input.MartRowsBefore.Where(sample => sample.At > input.Now - TimeSpan.FromHours(1)).ToList();
        var came = hour.Count > 0 && input.MartRows is { } rows ? Math.Max(0, rows - hour[0].Rows) : 0;
        var trend = hour.Zip(hour.Skip(1), (a, b) => (double)Math.Max(0, b.Rows - a.Rows)).ToList();
        return new TotalView("Rows in the marts", input.MartRows, came, "", trend, "storage");
    }

    private static List<TotalView> Totals(SnapshotInput input, PipelineSnapshot? before)
    {
        var window = input.Runs;
        TotalView[] totals =
        [
            Total("Patients generated", JobNames.Generator, "patients", "", "patients"),
            Total("Resources loaded", JobNames.Loader, "resources", "", "runs?job=loader&work=1"),
            Total("Bytes uploaded to S3", JobNames.Uploader, "bytes", "B", "storage"),
            MartRows(input),
        ];
        return [.. totals.Select(total => total with { Trend = Kept(before?.Totals.FirstOrDefault(kept => kept.Name == total.Name)?.Trend, total.Trend) })];

        TotalView Total(string name, string job, string count, string unit, string href)
        {
            var trend = new double[60];
            var hour = 0L;
            foreach (var run in window.Of(job).Where(run => run.FinishedAt > input.Now - TimeSpan.FromHours(1)))
            {
                var minute = 59 - (int)(input.Now - run.FinishedAt!.Value).TotalMinutes;
                var value = run.Counts.GetValueOrDefault(count);
                hour += value;
                if (minute is >= 0 and < 60)
                {
                    trend[minute] += value;
                }
            }

            return new TotalView(name, window.Total(job, count), hour, unit, trend, href);
        }
    }

    private static List<AttentionItem> Attention(SnapshotInput input, List<JobView> jobs, IReadOnlyList<StageView> stages, TimeSpan? age)
    {
        var items = new List<AttentionItem>();
        foreach (var job in jobs)
        {
            if (job.LastEnded is { Status: RunStatus.Failed or RunStatus.Lost } failed)
            {
                var inRow = input.Runs.Of(job.Name).Reverse().Where(run => run.FinishedAt is not null).TakeWhile(run => run.Status is RunStatus.Failed or RunStatus.Lost).ToList();
                var since = inRow[^1].StartedAt;
                var what = failed.Status == RunStatus.Lost ? "was cut off" : inRow.Count > 1 ? $"failed {inRow.Count} times in a row" : "failed";
                items.Add(new AttentionItem(StageState.Blocked, $"{Title(job.Name)} {what}: {RunCause.Line(failed)}", since, $"runs/{failed.Id}", job.Name));
            }

            if (job.IsPaused)
            {
                items.Add(new AttentionItem(StageState.Paused, $"{Title(job.Name)} is paused{(job.PausedBy is { } by ? $" ({by})" : "")}.", null, $"runs?job={job.Name}", null));
            }
        }

        if (input.Quarantined is > 0 and var bad)
        {
            items.Add(new AttentionItem(StageState.Late, $"{Format.Plural(bad, "file or line", "files or lines")} in quarantine.", input.QuarantinedAt, "quality?tab=quarantine", null));
        }

        foreach (var stage in stages.Where(stage => stage.State == StageState.Late))
        {
            items.Add(new AttentionItem(StageState.Late, $"{stage.Name} is late: {stage.Because}.", null, stage.Href, null));
        }

        if (age > input.LateAfter && stages.All(stage => stage.State is not (StageState.Late or StageState.Blocked)) && jobs.Any(job => job.Name == JobNames.Generator && job.RatePerMinute > 0))
        {
            items.Add(new AttentionItem(StageState.Late, $"{OldMarts} {Format.Age(age)} old; the limit is {Format.Age(input.LateAfter)}.", null, "runs?job=dbt", JobNames.Dbt));
        }

        return [.. items.OrderByDescending(item => item.State)];
    }

    private static string Sentence(SnapshotInput input, List<AttentionItem> attention, TimeSpan? age)
    {
        var data = age is { } a
            ? $"The newest data in the marts is {Format.Age(a)} old."
            : input.Runs.Runs.Count == 0 ? $"Started {Format.Age(input.Now - input.HostStartedAt)} ago; the first patient is on the way." : "Nothing is in the marts yet; the first data is on the way.";
        if (attention.Count == 0)
        {
            return $"All well. {data}";
        }

        // Where the age is what is wrong, it has been told.
        string?[] told =
        [
            attention[0].Text.TrimEnd('.') + ".",
            attention.Count > 1 ? $"{Format.Plural(attention.Count - 1, "more thing", "more things")} below." : null,
            attention[0].Text.StartsWith(OldMarts, StringComparison.Ordinal) ? null : data,
        ];
        return string.Join(' ', told.Where(part => part is not null));
    }

    /// <summary>A job's name for people.</summary>
    public static string Title(string job) => job switch
    {
        JobNames.Generator => "Generator",
        JobNames.Uploader => "Uploader",
        JobNames.Loader => "Loader",
        JobNames.Dbt => "dbt",
        _ => job,
    };

    /// <summary>The first line of an error, cut to what a row holds.</summary>
    public static string FirstLine(string? error)
    {
        var line = (error ?? "no reason was recorded").AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        line = end < 0 ? line : line[..end];
        return line.Length <= 160 ? line.ToString() : string.Concat(line[..159], "…");
    }
}
