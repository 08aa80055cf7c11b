using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FhirAspire.ServiceDefaults;

/// <summary>Wrong configuration, told before anything starts: every fault at once, and no stack trace.</summary>
public static partial class ConfigurationFaults
{
    /// <summary>The exit code of a process whose configuration is wrong.</summary>
    public const int ExitCode = 2;

    /// <summary>Validates the options of all that has been added.</summary>
    /// <exception cref="OptionsValidationException">Options of one type have faults.</exception>
    /// <exception cref="AggregateException">Options of several types have.</exception>
    public static void ValidateOptions(this IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        host.Services.GetService<IStartupValidator>()?.Validate();
    }

    /// <summary>Runs a service until it is told to stop; tells the faults of its configuration instead where there are any.</summary>
    /// <returns>The exit code: 0, or <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        try
        {
            app.ValidateOptions();
        }
        catch (Exception exception) when (Of(exception) is { Count: > 0 } faults)
        {
            await WriteAsync(faults).ConfigureAwait(false);
            return ExitCode;
        }

        await app.RunAsync().ConfigureAwait(false);
        return 0;
    }

    /// <summary>The faults that an exception tells of; none where it is about something else.</summary>
    public static IReadOnlyList<string> Of(Exception exception) => exception switch
    {
        OptionsValidationException validation => [.. validation.Failures],
        AggregateException many when many.InnerExceptions.All(inner => inner is OptionsValidationException) => [.. many.InnerExceptions.SelectMany(Of).Distinct()],
        InvalidOperationException when Unreadable(exception, null) is { } fault => [fault.Text],
        _ => [],
    };

    /// <summary>Writes faults to the standard error, one a line.</summary>
    public static async Task WriteAsync(IReadOnlyList<string> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        await Console.Error.WriteLineAsync($"The configuration has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}:").ConfigureAwait(false);
        foreach (var fault in faults)
        {
            await Console.Error.WriteLineAsync($"  - {fault}").ConfigureAwait(false);
        }
    }

    // What the binder throws has no more than its message.
    internal static (string Key, string Text)? Unreadable(Exception exception, Type? options)
    {
        if (BinderMessage().Match(exception.Message) is not { Success: true } found)
        {
            return null;
        }

        var type = found.Groups["type"].Value;
        var expected = type switch
        {
            "System.Int32" or "System.Int64" => "a whole number",
            "System.Double" or "System.Decimal" => "a number",
            "System.Boolean" => "true or false",
            "System.TimeSpan" => "a time, such as 00:01:30 or 2.00:00:00 (days)",
            "System.Uri" => "an address",
            _ when options?.Assembly.GetType(type) is { IsEnum: true } names => "one of " + string.Join(", ", Enum.GetNames(names)),
            _ => type,
        };
        var key = found.Groups["key"].Value;
        return (key, $"{key} is '{found.Groups["value"].Value}': expected {expected}.");
    }

    [GeneratedRegex("^Failed to convert configuration value '(?<value>.*)' at '(?<key>[^']+)' to type '(?<type>[^']+)'", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex BinderMessage();
}
