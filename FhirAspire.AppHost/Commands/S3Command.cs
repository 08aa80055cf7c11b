using System.CommandLine;
using FhirAspire.AppHost.Hosting;
using FhirAspire.ObjectStore.LocalS3;
using FhirAspire.S3;

namespace FhirAspire.AppHost.Commands;

/// <summary>Runs the S3 server alone, for any client.</summary>
internal static class S3Command
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = $"Port on loopback; 0 takes a free one (default: {LocalS3Options.DefaultPort}, or the next free one)", HelpName = "P", DefaultValueFactory = _ => LocalS3Options.DefaultPort };
        port.AcceptOnly(0, 65535, "--port takes a number from 0 to 65535.");
        var root = new Option<DirectoryInfo>("--root") { Description = "Folder of the objects (default: s3 in the data directory)", HelpName = "DIR" };
        var command = new Command("s3", Examples.Add(
            "Runs the S3 server alone. Keys are read from LocalS3__AccessKey and LocalS3__SecretKey (default: local, local-secret); --set LocalS3:Durability=Fast leaves out the flush to the disk.",
            "s3", "s3 --port 9000 --root ./objects")) { port, root };
        command.SetAction((parsed, stop) => RunAsync(parsed, parsed.GetValue(port), parsed.GetValue(root), stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, int port, DirectoryInfo? root, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        // The server has a lock of its own on its folder; the data directory's own is held by whoever runs the pipeline.
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddInMemoryCollection(
            [new("LocalS3:Root", root?.FullName ?? data.S3), new("LocalS3:Port", port.ToString()), new("Logging:LogLevel:Default", "Warning"), .. SharedOptions.SettingsOf(parsed)]);
        builder.AddS3();
        using var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken);
        }
        catch (LocalS3Exception exception)
        {
            throw new CommandException(exception.Message);
        }

        var server = host.Services.GetRequiredService<LocalS3Service>().Server;
        Console.WriteLine($"S3 server: {server.Endpoint}");
        Console.WriteLine($"objects:   {server.Root}");
        Console.WriteLine($"try:       AWS_ACCESS_KEY_ID={server.AccessKey} AWS_SECRET_ACCESS_KEY=... aws --endpoint-url {server.Endpoint} s3 ls");
        await host.WaitForShutdownAsync(cancellationToken);
        return cancellationToken.IsCancellationRequested ? Root.Cancelled : 0;
    }
}
