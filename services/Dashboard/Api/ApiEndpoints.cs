using System.Text.Json;
using System.Text.Json.Serialization;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Operations;
using FhirAspire.Dashboard.State;
using FhirAspire.Dashboard.Storage;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.Api;

/// <summary>What the pages show, as JSON for scripts.</summary>
internal static class ApiEndpoints
{
    /// <summary>A header that a form of another site cannot send; commands need it besides the role.</summary>
    public const string CommandHeader = JobCommandEndpoints.Header;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api/v1").RequireAuthorization();
        api.MapGet("/overview", (PipelineState state) => Reply(state.Current))
            .WithSummary("The pipeline now: jobs, stages, totals, what needs a person.");
        api.MapGet("/runs", async (IRunStore store, string? job, string? status, DateTime? from, DateTime? to, long? before, int? limit, CancellationToken stop) =>
            TryName(status, out RunStatus? wanted, out var fault)
                ? Reply(await store.QueryAsync(new RunFilter { Job = job, Status = wanted, From = from?.ToUniversalTime(), To = to?.ToUniversalTime(), Before = before, Limit = Math.Clamp(limit ?? 50, 1, 1000) }, stop))
                : fault)
            .WithSummary("Runs, newest first; the next page by before.");
        api.MapGet("/runs/{id:long}", async (IRunStore store, long id, CancellationToken stop) =>
            await store.FindAsync(id, stop) is { } run ? Reply(new { run, nodes = await store.NodesAsync(id, stop) }) : Fault(404, "DB2001", $"there is no run {id}"))
            .WithSummary("A run with its attempts, log, models and tests.");
        api.MapGet("/errors", async (QuarantineReader quarantine, int? limit, CancellationToken stop) => Reply(await quarantine.OpenAsync(limit ?? 100, stop)))
            .WithSummary("What could not be loaded.");
        api.MapPost("/errors/retry", RetryErrorsAsync).DisableAntiforgery()
            .WithSummary("Reads quarantined files again; without keys all.");
        api.MapPost("/backup", BackupAsync).DisableAntiforgery()
            .WithSummary("Makes a backup.");
        api.MapGet("/quality", async (OperationsStore store, string? kind, string? target, int? limit, CancellationToken stop) =>
            TryName(kind, out QualityKind? wanted, out var fault) ? Reply(await store.QualityAsync(wanted, target, Math.Clamp(limit ?? 200, 1, 10_000), stop)) : fault)
            .WithSummary("Results of the data checks, newest run first.");
        api.MapGet("/alerts", async (OperationsStore store, bool? open, int? limit, CancellationToken stop) => Reply(await store.AlertsAsync(Math.Clamp(limit ?? 100, 1, 1000), open ?? false, stop)))
            .WithSummary("Alerts, newest first.");
        api.MapGet("/audit", async (AuditLog audit, int? limit, CancellationToken stop) => Reply(await audit.ReadAsync(Math.Clamp(limit ?? 100, 1, 1000), stop)))
            .WithSummary("Who did what.");
        api.MapGet("/storage", async (StorageReport report, TimeProvider time, int? days, CancellationToken stop) => Reply(await report.ReadAsync(time.GetUtcNow().UtcDateTime.AddDays(-Math.Clamp(days ?? 1, 1, 366)), stop)))
            .WithSummary("What is stored where, what the process uses, what it would cost.");
        api.MapGet("/stream", StreamAsync).ExcludeFromDescription();
        api.MapPost("/jobs/{job}/{action}", CommandAsync).DisableAntiforgery()
            .WithSummary("Runs, retries, cancels, pauses or resumes a job; cancel with run stops that run alone.");
        ApiAnalytics.Map(api);
        api.MapFallback("{*path}", () => Fault(404, "DB2008", "there is no such address below /api/v1")).ExcludeFromDescription();
        endpoints.MapOpenApi(ApiDocument.Path).RequireAuthorization();
    }

    // Names are taken as the API writes them, in any case; a number is none.
    internal static bool TryName<T>(string? text, out T? value, out IResult fault)
        where T : struct, Enum
    {
        value = null;
        fault = Fault(400, "DB2009", $"'{text}' is none of {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName))}");
        if (string.IsNullOrEmpty(text))
        {
            return true;
        }

        var name = Enum.GetNames<T>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        value = name is null ? null : Enum.Parse<T>(name);
        return name is not null;
    }

    internal static IResult Reply(object value) => Results.Json(value, Json);

    internal static IResult Fault(int status, string code, string message) => Results.Json(new { code, message }, Json, statusCode: status);

    private static async Task<IResult> CommandAsync(HttpContext context, JobControl control, string job, string action, long? run)
    {
        if (!context.Request.Headers.ContainsKey(CommandHeader))
        {
            return Fault(400, "DB2002", $"commands need the header {CommandHeader}: 1");
        }

        var result = action switch
        {
            "run" or "retry" => await control.RunAsync(context.User, job),
            "cancel" => await control.CancelAsync(context.User, job, run),
            "pause" => await control.PauseAsync(context.User, job),
            "resume" => await control.ResumeAsync(context.User, job),
            _ => null,
        };
        return result switch
        {
            null => Fault(404, "DB2003", "no such command; there are run, retry, cancel, pause, resume"),
            { Ok: true } => Results.Json(result, Json, statusCode: StatusCodes.Status202Accepted),
            { IsForbidden: true } => Fault(403, "DB2004", result.Message),
            _ => Fault(409, "DB2005", result.Message),
        };
    }

    private static async Task<IResult> RetryErrorsAsync(HttpContext context, QuarantineRetry retry, RetryErrorsRequest request)
    {
        if (!context.Request.Headers.ContainsKey(CommandHeader))
        {
            return Fault(400, "DB2002", $"commands need the header {CommandHeader}: 1");
        }

        var report = await retry.RetryAsync(context.User, request.Keys, context.RequestAborted);
        return report.IsForbidden ? Fault(403, "DB2004", report.Message) : Reply(report);
    }

    private static async Task<IResult> BackupAsync(HttpContext context, BackupService backup)
    {
        if (!context.Request.Headers.ContainsKey(CommandHeader))
        {
            return Fault(400, "DB2002", $"commands need the header {CommandHeader}: 1");
        }

        var report = await backup.BackupAsync(context.User, context.RequestAborted);
        return report.IsForbidden ? Fault(403, "DB2004", report.Message) : Reply(report);
    }

    /// <summary>Snapshots as server-sent events: the same push that the pages get.</summary>
    private static async Task StreamAsync(HttpContext context, PipelineState state)
    {
        context.Response.ContentType = "text/event-stream";
        var stop = context.RequestAborted;
        using var changed = new SemaphoreSlim(1);
        void OnChanged(PipelineSnapshot snapshot)
        {
            if (changed.CurrentCount == 0)
            {
                changed.Release();
            }
        }

        state.Changed += OnChanged;
        try
        {
            while (!stop.IsCancellationRequested)
            {
                await changed.WaitAsync(stop);
                await context.Response.WriteAsync($"event: snapshot\ndata: {JsonSerializer.Serialize(state.Current, Json)}\n\n", stop);
                await context.Response.Body.FlushAsync(stop);
            }
        }
        catch (OperationCanceledException)
        {
            // the reader has gone
        }
        finally
        {
            state.Changed -= OnChanged;
        }
    }
}

/// <summary>Which quarantined files are read again; without keys, all.</summary>
internal sealed record RetryErrorsRequest(IReadOnlyList<string>? Keys);
