using System.Net;
using FhirAspire.Pipeline.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FhirAspire.Pipeline.Hosting;

/// <summary>Run, pause and resume the jobs of a process from outside of it: what the buttons of Aspire's dashboard call.</summary>
public static class JobCommandEndpoints
{
    /// <summary>The setting that maps them; false without it.</summary>
    public const string Setting = "Jobs:Commands";

    /// <summary>A header that a form of another site cannot send; commands need it.</summary>
    public const string Header = "X-FhirAspire";

    /// <summary>Maps <c>POST /jobs/{job}/run</c>, <c>retry</c>, <c>pause</c> and <c>resume</c> where <see cref="Setting"/> is true: for callers on this machine alone.</summary>
    public static WebApplication MapJobCommands(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (app.Configuration.GetValue(Setting, false))
        {
            app.MapPost("/jobs/{job}/{action}", CommandAsync).DisableAntiforgery();
        }

        return app;
    }

    private static async Task<IResult> CommandAsync(HttpContext context, JobScheduler scheduler, string job, string action)
    {
        if (context.Connection.RemoteIpAddress is { } address && !IPAddress.IsLoopback(address))
        {
            return Results.NotFound();
        }

        if (!context.Request.Headers.ContainsKey(Header))
        {
            return Results.Text($"commands need the header {Header}: 1", statusCode: StatusCodes.Status400BadRequest);
        }

        if (!scheduler.Jobs.ContainsKey(job))
        {
            return Results.Text($"no job of this process is named '{job}'; there are {string.Join(", ", scheduler.Jobs.Keys)}", statusCode: StatusCodes.Status404NotFound);
        }

        switch (action)
        {
            case "run" or "retry":
                // Its end is told by the history; a failure of the runner itself is in the log.
                _ = scheduler.TriggerAsync(job, RunTrigger.Manual).ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
                return Results.Text($"{job}: a run starts", statusCode: StatusCodes.Status202Accepted);
            case "pause":
                await scheduler.PauseAsync(job, "by a command").ConfigureAwait(false);
                return Results.Text($"{job} is paused until it is resumed", statusCode: StatusCodes.Status202Accepted);
            case "resume":
                await scheduler.ResumeAsync(job).ConfigureAwait(false);
                return Results.Text($"{job} runs by its schedule again", statusCode: StatusCodes.Status202Accepted);
            default:
                return Results.Text("no such command; there are run, retry, pause, resume", statusCode: StatusCodes.Status404NotFound);
        }
    }
}
