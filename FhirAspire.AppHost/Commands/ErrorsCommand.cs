using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using FhirAspire.AppHost.Hosting;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;
using Spectre.Console;

namespace FhirAspire.AppHost.Commands;

/// <summary>What could not be loaded.</summary>
internal static class ErrorsCommand
{
    /// <summary>The running host's own answer to <c>errors list</c>: with DuckDB the file is open in its process alone.</summary>
    public const string ApiPath = "/api/v1/errors";

    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = "At most so many, newest first", DefaultValueFactory = _ => 100 };
        var json = new Option<FileInfo>("--json") { Description = "Also writes them to a file", HelpName = "FILE" };
        var list = new Command("list", Examples.Add("Lists the files, and lines of files, that could not be loaded, with place and reason.", "errors list", "errors list --json errors.json")) { limit, json };
        list.SetAction((parsed, stop) => ListAsync(parsed, parsed.GetValue(limit), parsed.GetValue(json), stop));
        return new Command("errors", "The quarantine: what could not be loaded") { list };
    }

    public static async Task<IReadOnlyList<LoadErrorView>> ReadAsync(IWarehouse warehouse, int limit, CancellationToken cancellationToken)
    {
        await using var session = await warehouse.OpenAsync(cancellationToken);
        await RawLayer.EnsureAsync(session, cancellationToken);
        var result = await RawLayer.OpenErrorsAsync(session, limit, cancellationToken);
        return [.. result.Rows.Select(row => new LoadErrorView((string)row[0]!, (string)row[1]!, (string)row[2]!, (string)row[3]!, (DateTime)row[4]!, Convert.ToInt64(row[5])))];
    }

    private static async Task<int> ListAsync(ParseResult parsed, int limit, FileInfo? json, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        IReadOnlyList<LoadErrorView> errors;
        if (HostLock.Running(data) is { } host)
        {
            if (host.Url is null)
            {
                throw new CommandException($"the host (process {host.ProcessId}) is still starting", "try again in a few seconds");
            }

            using var client = new HttpClient { BaseAddress = new Uri(host.Url) };
            errors = await client.GetFromJsonAsync<List<LoadErrorView>>($"{ApiPath}?limit={limit}", cancellationToken) ?? [];
        }
        else
        {
            await using var app = EmbeddedHost.Build(data, [.. SharedOptions.SettingsOf(parsed), new("Jobs:Scheduled", "false"), new("LocalS3:Port", "0")]);
            errors = await ReadAsync(app.Services.GetRequiredService<IWarehouse>(), limit, cancellationToken);
        }

        if (json is not null)
        {
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(errors, ReportJson.Options), cancellationToken);
        }

        if (errors.Count == 0)
        {
            Console.WriteLine("Nothing is in quarantine.");
            return 0;
        }

        foreach (var error in errors)
        {
            Console.WriteLine($"{error.FileKey}\n  {error.Code} at {error.Place}: {error.Reason}\n  {error.OccurredAt:yyyy-MM-dd HH:mm:ss} UTC, run {error.RunId}");
        }

        return 0;
    }
}

/// <summary>A row of <c>raw.load_errors</c> for people and scripts.</summary>
internal sealed record LoadErrorView(string FileKey, string Code, string Place, string Reason, DateTime OccurredAt, long RunId);
