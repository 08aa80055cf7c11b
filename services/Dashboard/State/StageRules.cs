using FhirAspire.Dashboard.Formatting;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.State;

/// <summary>
/// The state of each stage, decided in one order: blocked, paused, late, catching up, idle, current. A stage that is old only because of an earlier
/// one waits for it, and is not itself called bad: only the cause is.
/// </summary>
internal static class StageRules
{
    public static List<StageView> Build(SnapshotInput input, List<JobView> jobs, TimeSpan? age)
    {
        var by = jobs.ToDictionary(job => job.Name, StringComparer.Ordinal);
        var (generator, uploader, loader, dbt) = (by[JobNames.Generator], by[JobNames.Uploader], by[JobNames.Loader], by[JobNames.Dbt]);
        var toLoad = Waiting(input, JobNames.Uploader, loader, "files");
        var toBuild = Waiting(input, JobNames.Loader, dbt, "rows");
        var stages = new List<StageView>
        {
            Stage("generator", "Generator", "Writes one patient's FHIR bundle every few seconds, from a simulation or from files that are replayed.", generator, null, input) with
            {
                Headline = $"{Format.Number(generator.RatePerMinute)} /min",
                Lines = LastLine(generator, input),
                FlowPerMinute = generator.RatePerMinute,
            },
            Stage("spool", "Spool", "A folder on this machine. Finished patients wait here for their upload.", uploader, input.Spool, input) with
            {
                Headline = input.Spool is { } spool ? Format.Plural(spool.Items, "folder waits", "folders wait") : Format.None,
                Lines = input.Spool is null ? ["not on this machine"] : input.Spool.Oldest is { } oldest ? [$"oldest {Format.Age(input.Now - oldest)}"] : ["all uploaded"],
                FlowPerMinute = uploader.RatePerMinute,
            },
            Stage("s3", "S3", "The bucket keeps every file for good. The loader takes from here what it has not seen.", loader, toLoad, input) with
            {
                Headline = Format.Plural(toLoad.Items, "file waits", "files wait"),
                Lines = toLoad.Oldest is { } waits ? [$"oldest {Format.Age(input.Now - waits)}"] : ["all loaded"],
                FlowPerMinute = loader.RatePerMinute,
            },
            Stage("raw", "RAW", "The warehouse's first table: one row a file, loaded exactly once.", loader, null, input) with
            {
                Headline = loader.Progress is { } p && loader.IsRunning ? $"{Format.Plural(p.Done, "file")} loaded" : $"{Format.Count(input.Runs.Total(JobNames.Loader, "rows"))} rows",
                Lines = LastLine(loader, input),
                FlowPerMinute = toBuild.Items > 0 || dbt.IsRunning ? loader.RatePerMinute : 0,
            },
        };
        stages.AddRange(Layers(input, dbt, toBuild, age));
        return Blame(stages);
    }

    private static IEnumerable<StageView> Layers(SnapshotInput input, JobView dbt, Backlog toBuild, TimeSpan? age)
    {
        foreach (var (key, name, about) in new[]
        {
            ("staging", "Staging", "The bundles taken apart into tables that look like the source's own, one a kind of record."),
            ("intermediate", "Intermediate", "Records joined with what they refer to: claims with encounters, medications with their reasons."),
            ("marts", "Marts", "The star schema that charts and BI tools read: facts and dimensions."),
        })
        {
            var layer = input.Layers.GetValueOrDefault(key);
            var stage = Stage(key, name, about, dbt, key == "staging" ? toBuild : null, input);
            var lines = new List<string>();
            if (key == "marts")
            {
                lines.Add(age is null ? "no data yet" : $"data {Format.Age(age)} old");
            }
            else if (layer is { Seconds: > 0 })
            {
                lines.Add($"took {Format.Duration(TimeSpan.FromSeconds(layer.Seconds))}");
            }

            yield return stage with
            {
                State = stage.State == StageState.Blocked && layer is { Failed: 0, Nodes: > 0 } ? StageState.Current : stage.State,
                Headline = layer is null ? "not built yet" : layer.Failed > 0 ? $"{layer.Failed} of {layer.Nodes} failed" : $"{layer.Nodes} of {layer.Nodes} ok",
                Lines = lines,
                Href = key == "marts" ? "models" : stage.Href,
                Done = dbt.IsRunning && dbt.Progress is { Total: > 0 } progress ? (double)progress.Done / progress.Total : null,
                FlowPerMinute = key != "marts" && dbt.IsRunning ? Math.Max(dbt.RatePerMinute, 1) : 0,
                IsFlowing = key != "marts" && dbt.IsRunning,
            };
        }
    }

    private static StageView Stage(string key, string name, string about, JobView job, Backlog? backlog, SnapshotInput input)
    {
        var (state, because) = State(job, backlog, input.Now);
        return new StageView
        {
            Key = key,
            Name = name,
            About = about,
            State = state,
            Because = because,
            NextAt = job.IsRunning || key is "spool" or "s3" or "intermediate" or "marts" ? null : job.NextAt,
            Href = job.LastEnded is { Status: RunStatus.Failed or RunStatus.Lost } failed ? $"runs/{failed.Id}" : job.Last is { } last ? $"runs/{last.Id}" : $"runs?job={job.Name}",
            IsFlowing = job.RatePerMinute > 0 || job.IsRunning,
        };
    }

    internal static (StageState State, string Because) State(JobView job, Backlog? backlog, DateTime now)
    {
        if (job.LastEnded is { Status: RunStatus.Failed or RunStatus.Lost } && !job.IsRunning)
        {
            return (StageState.Blocked, "its last run failed");
        }

        if (job.IsPaused)
        {
            return (StageState.Paused, "paused by a person");
        }

        if (backlog is { Oldest: { } oldest } && job.Every is { } every && now - oldest > 2 * every)
        {
            return (StageState.Late, $"the oldest waits {Format.Age(now - oldest)}, twice the interval is {Format.Age(2 * every)}");
        }

        if (job.IsRunning)
        {
            return (StageState.CatchingUp, "a run goes on");
        }

        if (backlog is { Items: > 0 })
        {
            return (StageState.CatchingUp, "something waits for the next run");
        }

        return job.Last is null ? (StageState.Unknown, "no run yet") : job.RatePerMinute > 0 || backlog is not null ? (StageState.Current, "up to date") : (StageState.Idle, "nothing comes");
    }

    // What the earlier job has put there since the later one last looked.
    private static Backlog Waiting(SnapshotInput input, string earlier, JobView later, string count)
    {
        var looked = input.Runs.Of(later.Name).LastOrDefault(run => run.Status is RunStatus.Succeeded or RunStatus.Running)?.StartedAt ?? DateTime.MinValue;
        var waiting = input.Runs.Of(earlier).Where(run => run.FinishedAt > looked && run.Counts.GetValueOrDefault(count) > 0).ToList();
        return new Backlog(waiting.Sum(run => run.Counts[count]), waiting.Count == 0 ? null : waiting[0].FinishedAt);
    }

    private static IReadOnlyList<string> LastLine(JobView job, SnapshotInput input) =>
        job.LastEnded?.FinishedAt is { } end ? [$"last {Format.Age(input.Now - end)} ago"] : job.IsKnown ? ["first run soon"] : ["no run known"];

    private static List<StageView> Blame(List<StageView> stages)
    {
        StageView? cause = null;
        for (var i = 0; i < stages.Count; i++)
        {
            var stage = stages[i];
            if (cause is not null && stage.State is not StageState.Blocked)
            {
                stages[i] = stage with { Because = stage.State is StageState.Late ? $"waits for {cause.Name}, which is {(cause.State == StageState.Blocked ? "blocked" : "paused")}" : stage.Because, State = stage.State is StageState.Late ? StageState.Idle : stage.State };
            }
            else if (cause is { State: StageState.Blocked } && SameJob(cause.Key, stage.Key))
            {
                // One failed job is one cause, told at the stage where it stopped.
                stages[i] = stage with { State = StageState.Idle, Because = $"waits for {cause.Name}" };
            }

            cause ??= stages[i].State is StageState.Blocked or StageState.Paused ? stages[i] : null;
        }

        return stages;
    }

    private static bool SameJob(string a, string b) => JobOf(a) == JobOf(b);

    private static string JobOf(string stage) => stage switch
    {
        "generator" => JobNames.Generator,
        "spool" => JobNames.Uploader,
        "s3" or "raw" => JobNames.Loader,
        _ => JobNames.Dbt,
    };
}
