using System.Globalization;
using System.Text;
using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Marts;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Api;

/// <summary>Charts and queries as JSON, CSV and Parquet.</summary>
internal static class ApiAnalytics
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/charts", () => ApiEndpoints.Reply(ChartCatalog.All.Select(chart => new { chart.Id, chart.View, chart.Question, chart.Note })))
            .WithSummary("All charts with their questions and definitions.");
        api.MapGet("/charts/{id}", ChartAsync)
            .WithSummary("The rows of a chart with its SQL; filters as in the addresses of the pages; format json, csv or parquet.");
        api.MapPost("/sql", SqlAsync).DisableAntiforgery()
            .WithSummary("A query over the published marts: one SELECT.");
    }

    private static async Task<IResult> ChartAsync(HttpContext context, ChartService charts, MartsLibrary marts, string id, string? format, long? snap)
    {
        if (ChartCatalog.Find(id) is not { } chart)
        {
            return ApiEndpoints.Fault(404, "DB2006", "there is no such chart; /api/v1/charts lists them");
        }

        try
        {
            var snapshot = marts.Find(snap) ?? throw new MartsException("DB1001", "no marts are published, or those of this run are gone");
            var query = context.Request.QueryString.Value;
            var filter = chart.View == "cohorts"
                ? AnalyticsFilter.Parse(query, "a.") with { Other = query?.Contains("b.", StringComparison.Ordinal) == true ? AnalyticsFilter.Parse(query, "b.") : null }
                : AnalyticsFilter.Parse(query);
            var result = await charts.RunAsync(chart, filter, snapshot.RunId, context.RequestAborted);
            var sql = await charts.SqlAsync(chart, filter, snapshot.RunId, context.RequestAborted);
            return Write(result, format, $"{chart.Id}-run{snapshot.RunId}", new { chart.Id, title = chart.Finding(result) ?? chart.Question, chart.Note, snapshot = snapshot.RunId, filter = filter.Query(), filter.Ignored, sql });
        }
        catch (MartsException exception)
        {
            return ApiEndpoints.Fault(exception.Code == "DB1001" ? 404 : 422, exception.Code, exception.Message);
        }
    }

    // POST, so that the text never stands in an address or a log of addresses.
    private static async Task<IResult> SqlAsync(HttpContext context, SqlGuard guard, MartsLibrary marts, IOptions<DashboardOptions> options, SqlRequest request, string? format)
    {
        if (!context.Request.Headers.ContainsKey(ApiEndpoints.CommandHeader))
        {
            return ApiEndpoints.Fault(400, "DB2002", $"queries need the header {ApiEndpoints.CommandHeader}: 1");
        }

        try
        {
            var snapshot = marts.Find(null) ?? throw new MartsException("DB1001", "no marts are published yet");
            guard.Check(request.Sql ?? "", snapshot.Tables);
            var result = await marts.QueryAsync(snapshot.RunId, request.Sql!, null, options.Value.SqlMaxRows, options.Value.SqlTimeout, context.RequestAborted);
            return Write(result, format, $"query-run{snapshot.RunId}", new { snapshot = snapshot.RunId });
        }
        catch (MartsException exception)
        {
            return Results.Json(new { code = exception.Code, message = exception.Message, position = exception.Position }, statusCode: exception.Code == "DB1001" ? 404 : 422);
        }
    }

    private static IResult Write(ReaderResult result, string? format, string name, object about) => format switch
    {
        "csv" => Results.File(Encoding.UTF8.GetBytes(Export.Csv(result)), "text/csv; charset=utf-8", name + ".csv"),
        "parquet" => Results.File(Export.Parquet(result), "application/vnd.apache.parquet", name + ".parquet"),
        null or "json" => ApiEndpoints.Reply(new
        {
            about,
            columns = result.Columns.Select(column => new { column.Name, column.Type }),
            rows = result.Rows.Select(row => row.Select(Export.Json).ToArray()),
            result.IsCut,
            milliseconds = result.Took.TotalMilliseconds.ToString("0.#", CultureInfo.InvariantCulture),
        }),
        _ => ApiEndpoints.Fault(400, "DB2007", "format is json, csv or parquet"),
    };

    /// <summary>The body of a query.</summary>
    internal sealed record SqlRequest(string? Sql);
}
