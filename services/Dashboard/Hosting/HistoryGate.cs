using System.Data.Common;
using FhirAspire.Dashboard.Api;
using FhirAspire.Dashboard.State;
using Microsoft.AspNetCore.Authorization;

namespace FhirAspire.Dashboard.Hosting;

/// <summary>
/// Keeps requests from the run history until it is there: in a host's first moments its tables may still be made, so pages and the API wait for the first look at
/// the pipeline. A request to the API that finds the database out of reach is answered 503 with the code DB2011, and the log has the reason.
/// </summary>
internal sealed class HistoryGate(RequestDelegate next, PipelineState state, ILogger<HistoryGate> logger)
{
    // A history that is out of reach tells so in the page's head; the pages then show what they can.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!state.First.IsCompleted && context.GetEndpoint()?.Metadata.GetMetadata<IAuthorizeData>() is not null)
        {
            await Task.WhenAny(state.First, Task.Delay(Patience, context.RequestAborted));
        }

        try
        {
            await next(context);
        }
        catch (Exception exception) when (IsOfDatabase(exception) && context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase) && !context.Response.HasStarted)
        {
            DashboardLog.HistoryOutOfReach(logger, exception);
            context.Response.Headers.RetryAfter = "5";
            await ApiEndpoints.Fault(StatusCodes.Status503ServiceUnavailable, "DB2011", "the run history cannot be reached now; the log of the dashboard has the reason. Try again").ExecuteAsync(context);
        }
    }

    // The mapper wraps what the database's client throws.
    private static bool IsOfDatabase(Exception exception) => exception is DbException || exception.InnerException is DbException;
}
