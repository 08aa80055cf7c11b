using System.CommandLine;
using FhirAspire.AppHost.Hosting;

namespace FhirAspire.AppHost.Commands;

/// <summary>Runs the pipeline for good.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        using var held = HostLock.Take(data);
        await using var app = EmbeddedHost.Build(data, SharedOptions.SettingsOf(parsed));
        await app.StartAsync(cancellationToken);
        var url = app.Urls.First();
        held.Describe(new RunningHost(Environment.ProcessId, url));
        Banner.Write(app, data, url);
        await app.WaitForShutdownAsync(cancellationToken);
        return cancellationToken.IsCancellationRequested ? Root.Cancelled : 0;
    }
}
