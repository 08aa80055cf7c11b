using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace FhirAspire.ObjectStore;

/// <summary>Finds every fault of <see cref="ObjectStoreOptions"/> at once, each with its key and the way to mend it.</summary>
public sealed partial class ObjectStoreOptionsValidator : IValidateOptions<ObjectStoreOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ObjectStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = Faults(options).ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static IEnumerable<string> Faults(ObjectStoreOptions options)
    {
        if (options.ServiceUrl is not null && !(Uri.TryCreate(options.ServiceUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            yield return Fault(nameof(options.ServiceUrl), options.ServiceUrl, "an absolute http or https address, such as http://127.0.0.1:9000, or none for AWS");
        }

        if (!BucketName().IsMatch(options.Bucket ?? ""))
        {
            yield return Fault(nameof(options.Bucket), options.Bucket, "3 to 63 lower-case letters, digits, dots and hyphens");
        }

        if (string.IsNullOrWhiteSpace(options.Region))
        {
            yield return Fault(nameof(options.Region), options.Region, "an AWS region, such as us-east-1");
        }

        if (string.IsNullOrEmpty(options.AccessKey) != string.IsNullOrEmpty(options.SecretKey))
        {
            var missing = string.IsNullOrEmpty(options.AccessKey) ? nameof(options.AccessKey) : nameof(options.SecretKey);
            yield return $"{ObjectStoreOptions.Section}:{missing} is empty: set both AccessKey and SecretKey, or neither to use the AWS credential chain.";
        }

        if (!string.IsNullOrEmpty(options.AccessKey) && !string.IsNullOrEmpty(options.Profile))
        {
            yield return $"{ObjectStoreOptions.Section}:Profile and {ObjectStoreOptions.Section}:AccessKey are both set: keep one of them.";
        }

        if (options.MaxConnections is < 1 or > 10_000)
        {
            yield return Fault(nameof(options.MaxConnections), options.MaxConnections, "1 to 10000");
        }

        if (options.MaxRetries is < 0 or > 20)
        {
            yield return Fault(nameof(options.MaxRetries), options.MaxRetries, "0 to 20");
        }

        if (options.TimeoutSeconds < 1)
        {
            yield return Fault(nameof(options.TimeoutSeconds), options.TimeoutSeconds, "at least 1");
        }

        if (options.ConnectTimeoutSeconds < 1)
        {
            yield return Fault(nameof(options.ConnectTimeoutSeconds), options.ConnectTimeoutSeconds, "at least 1");
        }
    }

    private static string Fault(string key, object? found, string expected) =>
        $"{ObjectStoreOptions.Section}:{key} is '{found}': expected {expected}.";

    [GeneratedRegex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BucketName();
}
