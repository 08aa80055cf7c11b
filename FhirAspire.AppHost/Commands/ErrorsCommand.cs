using System.CommandLine;
using System.Text.Json;
using FhirAspire.AppHost.Hosting;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.AppHost.Commands;

/// <summary>What could not be loaded: listed, and read again.</summary>
internal static class ErrorsCommand
{
    private const string ListPath = "/api/v1/errors";
    private const string RetryPath = "/api/v1/errors/retry";

    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = "At most so many, newest first", DefaultValueFactory = _ => 100 };
        var json = new Option<FileInfo>("--json") { Description = "Also writes them to a file", HelpName = "FILE" };
        var list = new Command("list", Examples.Add("Lists the files, and lines of files, that could not be loaded, with place and reason.", "errors list", "errors list --json errors.json")) { limit, json };
        list.SetAction((parsed, stop) => ListAsync(parsed, parsed.GetValue(limit), parsed.GetValue(json), stop));

        var keys = new Argument<string[]>("KEY") { Description = "Keys as 'errors list' shows them (default: all)", Arity = ArgumentArity.ZeroOrMore };
        var retry = new Command("retry", Examples.Add(
            "Reads quarantined files again, after they were mended in the bucket or a limit was raised. Exits with 1 while one of them can't be loaded.",
            "errors retry", "errors retry raw/patients/2026-01-02/030405000_p/a.json")) { keys, json };
        retry.SetAction((parsed, stop) => RetryAsync(parsed, parsed.GetValue(keys) ?? [], parsed.GetValue(json), stop));
        return new Command("errors", "The quarantine: what could not be loaded") { list, retry };
    }

    private static async Task<int> ListAsync(ParseResult parsed, int limit, FileInfo? json, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        IReadOnlyList<LoadError> errors;
        if (HostLock.Running(data) is { } host)
        {
            using var api = HostApi.Of(host);
            errors = await api.GetAsync<List<LoadError>>($"{ListPath}?limit={limit}", cancellationToken);
        }
        else
        {
            await using var app = EmbeddedHost.Build(data, [.. SharedOptions.SettingsOf(parsed), new("Jobs:Scheduled", "false"), new("LocalS3:Port", "0")]);
            errors = await app.Services.GetRequiredService<QuarantineReader>().OpenAsync(limit, cancellationToken);
        }

        await WriteJsonAsync(json, errors, cancellationToken);
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

    private static async Task<int> RetryAsync(ParseResult parsed, string[] keys, FileInfo? json, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        RetryReport report;
        if (HostLock.Running(data) is { } host)
        {
            using var api = HostApi.Of(host);
            report = await api.PostAsync<RetryReport>(RetryPath, new { keys = keys.Length == 0 ? null : keys }, cancellationToken);
        }
        else
        {
            using var held = HostLock.Take(data);
            await using var app = EmbeddedHost.Build(
                data, [.. SharedOptions.SettingsOf(parsed), new("Jobs:Scheduled", "false"), new("LocalS3:Port", "0")], [new("Logging:LogLevel:Default", "Error"), new("Dashboard:Port", "0")]);
            await app.StartAsync(cancellationToken);
            await app.Services.GetRequiredService<IRunStore>().PrepareAsync(cancellationToken);
            report = await app.Services.GetRequiredService<QuarantineRetry>().RetryAsync(Roles.CommandLine(Environment.UserName), keys.Length == 0 ? null : keys, cancellationToken);
            await app.StopAsync(CancellationToken.None);
        }

        await WriteJsonAsync(json, report, cancellationToken);
        foreach (var file in report.Files)
        {
            Console.WriteLine($"{Say(file.State),-18} {file.Key}{(file.Code is null ? "" : $"\n{"",-18}   {file.Code} at {file.Place}: {file.Reason}")}");
        }

        Console.WriteLine(report.Message);
        return report.Ok && report.Files.All(file => file.State is RetryState.Loaded or RetryState.Gone) ? 0 : Root.Failed;
    }

    private static string Say(RetryState state) => state switch
    {
        RetryState.Loaded => "loaded",
        RetryState.Quarantined => "still bad",
        RetryState.Gone => "gone",
        RetryState.Due => "due",
        _ => "not in quarantine",
    };

    private static async Task WriteJsonAsync(FileInfo? file, object value, CancellationToken cancellationToken)
    {
        if (file is not null)
        {
            await File.WriteAllTextAsync(file.FullName, JsonSerializer.Serialize(value, ReportJson.Options), cancellationToken);
        }
    }
}
