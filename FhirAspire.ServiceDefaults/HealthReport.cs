using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FhirAspire.ServiceDefaults;

/// <summary>Writes the state of a service as JSON: each check with its reason. A reader of another machine gets the states alone.</summary>
internal static class HealthReportWriter
{
    public static Task WriteAsync(HttpContext context, HealthReport report)
    {
        ArgumentNullException.ThrowIfNull(context);
        var isLocal = context.Connection.RemoteIpAddress is not { } address || IPAddress.IsLoopback(address);
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new
        {
            status = report.Status.ToString(),
            checks = report.Entries.Select(entry => new
            {
                name = entry.Key,
                status = entry.Value.Status.ToString(),
                reason = isLocal ? entry.Value.Description ?? entry.Value.Exception?.Message : null,
            }),
        }, JsonSerializerOptions.Web));
    }
}
