using System.Security.Claims;
using FhirAspire.Dashboard.Access;
using FhirAspire.Pipeline;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Dashboard.Operations;

/// <summary>Has quarantined files read again: for operators only, written to the audit log. The <c>errors retry</c> command does the same.</summary>
public sealed class QuarantineRetry(JobScheduler scheduler, RemoteJobs remote, IServiceProvider services, AuditLog audit)
{
    private const int KeysInAudit = 5;

    /// <summary>Marks the files as due, runs the loader, and tells what became of each.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="keys">Keys of files or of errors; null for all that are in quarantine.</param>
    /// <param name="cancellationToken">Ends the waiting; what is marked stays due, and the next load reads it.</param>
    public async Task<RetryReport> RetryAsync(ClaimsPrincipal user, IReadOnlyCollection<string>? keys, CancellationToken cancellationToken = default)
    {
        var target = keys is null ? "all" : string.Join(", ", keys.Take(KeysInAudit)) + (keys.Count > KeysInAudit ? $" and {keys.Count - KeysInAudit} more" : "");
        if (!Roles.IsOperator(user))
        {
            await audit.WriteAsync(user, "retry files", target, "refused: needs the role operator");
            return new RetryReport { IsForbidden = true, Message = "This needs the role operator." };
        }

        if (services.GetService<IWarehouse>() is not { } warehouse)
        {
            return new RetryReport { Message = "The warehouse is not reached from this process." };
        }

        RetryRequest request;
        await using (var session = await warehouse.OpenAsync(cancellationToken))
        {
            await RawLayer.EnsureAsync(session, cancellationToken);
            request = await RawQuarantine.MarkDueAsync(session, keys, cancellationToken);
        }

        await audit.WriteAsync(user, "retry files", target, $"{request.Due.Count} are read again");
        if (request.Due.Count == 0)
        {
            return new RetryReport { Ok = true, Message = "Nothing of this is in quarantine.", Files = [.. request.Unknown.Select(key => new RetriedFile(key, RetryState.NotInQuarantine))] };
        }

        JobRun? run;
        try
        {
            run = scheduler.Jobs.ContainsKey(JobNames.Loader)
                ? await scheduler.TriggerAsync(JobNames.Loader, RunTrigger.Retry).WaitAsync(cancellationToken)
                : await remote.RunAsync(JobNames.Loader, JobAction.Retry, cancellationToken);
        }
        catch (PipelineException exception)
        {
            return new RetryReport { Message = $"{exception.Code}: {exception.Message}. The files stay due: the loader's next run reads them.", Files = Due(request) };
        }

        return run is null
            ? new RetryReport { Ok = true, Message = "The loader's next run reads them.", Files = Due(request) }
            : await ReportAsync(warehouse, request, run, cancellationToken);
    }

    private static async Task<RetryReport> ReportAsync(IWarehouse warehouse, RetryRequest request, JobRun run, CancellationToken cancellationToken)
    {
        await using var session = await warehouse.OpenAsync(cancellationToken);
        var open = (await RawLayer.OpenErrorsAsync(session, int.MaxValue, cancellationToken)).Rows.ToLookup(row => ObjectOf((string)row[0]!, request.Due), StringComparer.Ordinal);
        var due = (await RawQuarantine.DueAsync(session, cancellationToken)).ToHashSet(StringComparer.Ordinal);
        var files = new List<RetriedFile>();
        foreach (var key in request.Due)
        {
            var known = (await session.QueryAsync($"select row_count from raw.load_objects where file_key = {warehouse.Dialect.Parameter(1)}", [key], cancellationToken)).Rows;
            files.Add(known.Count == 0 ? new RetriedFile(key, RetryState.Gone)
                : due.Contains(key) ? new RetriedFile(key, RetryState.Due)
                : open[key].FirstOrDefault() is { } error ? new RetriedFile(key, RetryState.Quarantined, (string)error[1]!, (string)error[2]!, (string)error[3]!)
                : new RetriedFile(key, RetryState.Loaded));
        }

        files.AddRange(request.Unknown.Select(key => new RetriedFile(key, RetryState.NotInQuarantine)));
        return new RetryReport
        {
            Ok = run.Status == RunStatus.Succeeded,
            RunId = run.Id,
            Message = run.Status == RunStatus.Succeeded ? run.Summary ?? "" : $"The load {run.Status.ToString().ToLowerInvariant()}: {run.Error}",
            Files = files,
        };
    }

    private static List<RetriedFile> Due(RetryRequest request) => [.. request.Due.Select(key => new RetriedFile(key, RetryState.Due))];

    private static string ObjectOf(string key, IReadOnlyList<string> objects)
    {
        var line = key.LastIndexOf('#');
        return objects.Contains(key, StringComparer.Ordinal) || line < 0 ? key : key[..line];
    }
}

/// <summary>What became of a retry of quarantined files.</summary>
public sealed record RetryReport
{
    /// <summary>Whether it was done; what each file came to stands in <see cref="Files"/>.</summary>
    public bool Ok { get; init; }

    /// <summary>For people.</summary>
    public string Message { get; init; } = "";

    /// <summary>Whether the role was missing.</summary>
    public bool IsForbidden { get; init; }

    /// <summary>The load that read them.</summary>
    public long? RunId { get; init; }

    /// <summary>The files.</summary>
    public IReadOnlyList<RetriedFile> Files { get; init; } = [];
}

/// <summary>What became of a file.</summary>
/// <param name="Key">The object, or the given key where it is none.</param>
/// <param name="State">How it stands.</param>
/// <param name="Code">Why it is in quarantine again.</param>
/// <param name="Place">Where in the file.</param>
/// <param name="Reason">What was found there.</param>
public sealed record RetriedFile(string Key, RetryState State, string? Code = null, string? Place = null, string? Reason = null);

/// <summary>How a retried file stands.</summary>
public enum RetryState
{
    /// <summary>All of it is loaded.</summary>
    Loaded,

    /// <summary>It, or a line of it, is in quarantine again.</summary>
    Quarantined,

    /// <summary>It is no longer in the bucket; its errors are over.</summary>
    Gone,

    /// <summary>The next load reads it.</summary>
    Due,

    /// <summary>It was not in quarantine.</summary>
    NotInQuarantine,
}
