using System.Net;
using System.Text.Json;

namespace FhirAspire.Dashboard.Tests;

public sealed class ApiTests
{
    [Theory]
    [InlineData("runs?status=succeeded", HttpStatusCode.OK)]
    [InlineData("runs?status=Failed", HttpStatusCode.OK)]
    [InlineData("runs?status=3", HttpStatusCode.BadRequest)]
    [InlineData("runs?status=fine", HttpStatusCode.BadRequest)]
    [InlineData("quality?kind=nullShare", HttpStatusCode.OK)]
    [InlineData("quality?kind=nulls", HttpStatusCode.BadRequest)]
    public async Task Names_of_states_are_taken_as_they_are_written(string path, HttpStatusCode expected)
    {
        await using var host = await DashboardHost.StartAsync();
        using var client = host.Client();
        var answer = await client.GetAsync("api/v1/" + path);
        answer.StatusCode.ShouldBe(expected);
        if (expected == HttpStatusCode.BadRequest)
        {
            (await answer.Content.ReadAsStringAsync()).ShouldContain("is none of");
        }
    }

    [Fact]
    public async Task The_document_names_every_address_what_it_does_and_what_commands_need()
    {
        await using var host = await DashboardHost.StartAsync();
        using var client = host.Client();
        using var document = JsonDocument.Parse(await client.GetStringAsync("api/v1/openapi.json"));
        var paths = document.RootElement.GetProperty("paths");
        paths.EnumerateObject().Select(path => path.Name).Order(StringComparer.Ordinal).ShouldBe(
        [
            "/api/v1/alerts", "/api/v1/audit", "/api/v1/backup", "/api/v1/charts", "/api/v1/charts/{id}", "/api/v1/errors", "/api/v1/errors/retry", "/api/v1/jobs/{job}/{action}",
            "/api/v1/overview", "/api/v1/quality", "/api/v1/runs", "/api/v1/runs/{id}", "/api/v1/sql", "/api/v1/storage",
        ]);
        foreach (var operation in paths.EnumerateObject().SelectMany(path => path.Value.EnumerateObject()))
        {
            operation.Value.GetProperty("summary").GetString().ShouldNotBeNullOrWhiteSpace();
            if (operation.Name == "post")
            {
                operation.Value.GetProperty("parameters").EnumerateArray().ShouldContain(parameter => parameter.GetProperty("name").GetString() == "X-FhirAspire");
            }
        }

        document.RootElement.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString().ShouldBe("bearer");
    }

    [Fact]
    public async Task Strangers_do_not_read_the_document()
    {
        await using var host = await DashboardHost.StartAsync(("Dashboard:ViewerToken", "viewer-token-0123456789ab"));
        using var client = host.Client();
        (await client.GetAsync("api/v1/openapi.json")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }
}
