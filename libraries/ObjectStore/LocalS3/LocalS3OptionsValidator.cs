using Microsoft.Extensions.Options;

namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>Finds every fault of <see cref="LocalS3Options"/> at once, each with its key and the way to mend it.</summary>
public sealed class LocalS3OptionsValidator : IValidateOptions<LocalS3Options>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, LocalS3Options options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    internal static IEnumerable<string> Faults(LocalS3Options options)
    {
        if (string.IsNullOrWhiteSpace(options.Root))
        {
            yield return Fault(nameof(options.Root), options.Root, "a folder for the data");
        }

        if (options.Port is < 0 or > 65535)
        {
            yield return Fault(nameof(options.Port), options.Port, "0 (any free port) to 65535");
        }

        if (string.IsNullOrEmpty(options.AccessKey))
        {
            yield return Fault(nameof(options.AccessKey), options.AccessKey, "an access key, which clients sign with");
        }

        if (string.IsNullOrEmpty(options.SecretKey))
        {
            yield return $"{LocalS3Options.Section}:{nameof(options.SecretKey)} is empty: expected a secret key, which clients sign with.";
        }

        for (var i = 0; i < options.Accounts.Count; i++)
        {
            if (string.IsNullOrEmpty(options.Accounts[i].AccessKey) || string.IsNullOrEmpty(options.Accounts[i].SecretKey))
            {
                yield return $"{LocalS3Options.Section}:{nameof(options.Accounts)}:{i} has no AccessKey or no SecretKey: set both.";
            }
        }

        var twice = options.Accounts.Select(account => account.AccessKey).Append(options.AccessKey).GroupBy(key => key, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            yield return $"{LocalS3Options.Section}:{nameof(options.Accounts)} has the access key '{twice.Key}' twice: each may be there once.";
        }

        if (!Enum.IsDefined(options.Durability))
        {
            yield return Fault(nameof(options.Durability), options.Durability, "Durable or Fast");
        }

        if (options.InlineLimit is < 0 or > 256 * 1024)
        {
            yield return Fault(nameof(options.InlineLimit), options.InlineLimit, "0 to 262144 bytes");
        }

        if (options.LifecycleInterval <= TimeSpan.Zero)
        {
            yield return Fault(nameof(options.LifecycleInterval), options.LifecycleInterval, "a time above zero, such as 01:00:00");
        }

        if (options.LifecycleDay <= TimeSpan.Zero || options.LifecycleDay > TimeSpan.FromDays(1))
        {
            yield return Fault(nameof(options.LifecycleDay), options.LifecycleDay, "a time up to 1.00:00:00");
        }
    }

    private static string Fault(string key, object? found, string expected) => $"{LocalS3Options.Section}:{key} is '{found}': expected {expected}.";
}
