using Serilog;
using Serilog.Extensions.Logging;
using Serilog.Formatting.Compact;

namespace FhirAspire.AppHost.Hosting;

/// <summary>
/// The host's log as files, one a day: a JSON object a line (compact log event format: <c>@t</c> time, <c>@mt</c> template, <c>@l</c> level where it is not Information,
/// <c>@tr</c> trace, <c>@x</c> exception). What is written is what the levels under <c>Logging</c> let through; files of the last 14 days are kept.
/// </summary>
internal static class LogFiles
{
    private const long MaxFileBytes = 64L << 20;

    private const int KeptFiles = 14;

    /// <summary>Writes the log to a folder as well.</summary>
    public static void AddLogFiles(this ILoggingBuilder logging, string folder)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Verbose()
            .WriteTo.File(
                new CompactJsonFormatter(), Path.Combine(folder, "fhiraspire-.log"), rollingInterval: RollingInterval.Day, fileSizeLimitBytes: MaxFileBytes,
                rollOnFileSizeLimit: true, retainedFileCountLimit: KeptFiles, shared: false)
            .CreateLogger();
        // Not by AddSerilog: it lets everything through to its provider, whatever the levels say.
        logging.Services.AddSingleton<ILoggerProvider>(_ => new SerilogLoggerProvider(logger, dispose: true));
    }
}
