using FhirAspire.Dashboard;
using FhirAspire.DbtRunner;
using FhirAspire.Generator;
using FhirAspire.Loader;
using FhirAspire.ObjectStore.LocalS3;
using FhirAspire.S3;
using FhirAspire.ServiceDefaults;
using FhirAspire.Uploader;

namespace FhirAspire.AppHost.Hosting;

/// <summary>The whole pipeline in one process, in the order in which data passes it.</summary>
internal static class EmbeddedHost
{
    /// <summary>Composes the host; nothing runs yet.</summary>
    /// <param name="data">Where it keeps everything.</param>
    /// <param name="settings">What the command sets, over every other source of configuration.</param>
    /// <param name="defaults">What the command assumes, under every other source of configuration.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">The configuration has faults; an <see cref="AggregateException"/> of such where several options have.</exception>
    public static WebApplication Build(DataDirectory data, IEnumerable<KeyValuePair<string, string?>> settings, IEnumerable<KeyValuePair<string, string?>>? defaults = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = typeof(EmbeddedHost).Assembly.GetName().Name });
        EmbeddedDefaults.Apply(builder.Configuration, data, settings, defaults ?? []);
        builder.AddServiceDefaults();
        builder.Logging.AddLogFiles(data.Logs);

        if (UsesEmbeddedS3(builder.Configuration))
        {
            ConnectToEmbeddedS3(builder.Configuration);
            builder.AddS3();
        }

        builder.AddGenerator();
        builder.AddUploader();
        builder.AddLoader();
        builder.AddDbtRunner();
        builder.AddDashboard();

        var app = builder.Build();
        // The host itself would first make what needs the options, and stop at the first fault.
        app.ValidateOptions();
        app.MapDefaultEndpoints();
        app.MapDashboard();
        return app;
    }

    // Clients are made before the server listens, so its port is settled here.
    private static void ConnectToEmbeddedS3(ConfigurationManager configuration)
    {
        var port = LoopbackPort.FindFree(configuration.GetValue("LocalS3:Port", LocalS3Options.DefaultPort));
        var defaults = new LocalS3Options();
        configuration.AddInMemoryCollection(
        [
            new("LocalS3:Port", port.ToString()),
            new("LocalS3:NextFreePort", "false"),
            new("S3:ServiceUrl", $"http://127.0.0.1:{port}"),
            new("S3:AccessKey", configuration["LocalS3:AccessKey"] ?? defaults.AccessKey),
            new("S3:SecretKey", configuration["LocalS3:SecretKey"] ?? defaults.SecretKey),
        ]);
    }

    // A service address of one's own takes the place of the embedded server; AWS itself has none, and is asked for by S3:Embedded=false.
    private static bool UsesEmbeddedS3(IConfiguration configuration) => configuration.GetValue("S3:Embedded", configuration["S3:ServiceUrl"] is null);
}
