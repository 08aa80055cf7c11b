using System.Xml.Linq;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Lifecycle;

/// <summary>A bucket's lifecycle configuration: https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html.</summary>
internal sealed class LifecycleRules(IReadOnlyList<LifecycleRule> rules)
{
    public const string Setting = "lifecycle";
    private static readonly string[] Classes = ["STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "GLACIER_IR", "DEEP_ARCHIVE"];
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<string, LifecycleRules> Parsed = [];

    public IReadOnlyList<LifecycleRule> Rules { get; } = rules;

    /// <summary>The rules of a document that has been checked.</summary>
    public static LifecycleRules Parse(string document) => Parsed.GetValue(document, static text => Validate(XElement.Parse(text)));

    public static LifecycleRules Validate(XElement root)
    {
        var rules = root.Children("Rule").Select(Read).ToList();
        if (rules.Count is 0 or > 1000)
        {
            throw S3Errors.MalformedXml($"{rules.Count} Rule, expected 1 to 1000");
        }

        var ids = rules.Where(rule => rule.Id.Length > 0).Select(rule => rule.Id).ToList();
        return ids.Distinct(StringComparer.Ordinal).Count() == ids.Count
            ? new LifecycleRules(rules)
            : throw S3Errors.InvalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", ids.GroupBy(id => id, StringComparer.Ordinal).First(group => group.Count() > 1).Key);
    }

    /// <summary>Gives ids to the rules that have none.</summary>
    public static XElement WithIds(XElement root)
    {
        var number = 0;
        foreach (var rule in root.Children("Rule"))
        {
            number++;
            if (string.IsNullOrEmpty(rule.Text("ID")))
            {
                rule.Child("ID")?.Remove();
                rule.AddFirst(new XElement(rule.Name.Namespace + "ID", $"rule-{number}-{Convert.ToHexStringLower(System.IO.Hashing.XxHash3.Hash(System.Text.Encoding.UTF8.GetBytes(rule.ToString())))}"));
            }
        }

        return root;
    }

    /// <summary>The header x-amz-expiration; null when no rule expires the object.</summary>
    public static string? ExpirationOf(Bucket bucket, string key, ObjectVersion version, LocalS3Options options) =>
        bucket.Settings.GetValueOrDefault(Setting) is { } document ? Parse(document).ExpirationHeader(key, version, options) : null;

    private string? ExpirationHeader(string key, ObjectVersion version, LocalS3Options options)
    {
        (long Due, string Id)? first = null;
        foreach (var rule in Rules)
        {
            if (rule.Expiration is { } expiration && rule.Covers(key, version, () => version.Tags) && expiration.From(version.Modified, options) is var due && (first is null || due < first.Value.Due))
            {
                first = (due, rule.Id);
            }
        }

        return first is { } found ? $"expiry-date=\"{Times.Http(found.Due)}\", rule-id=\"{UriText.Encode(found.Id, keepSlash: false)}\"" : null;
    }

    /// <summary>When an unfinished upload is aborted, and by which rule.</summary>
    public (long Date, string Rule)? AbortOf(string key, long initiated, LocalS3Options options)
    {
        (long Date, string Rule)? first = null;
        foreach (var rule in Rules)
        {
            if (rule.AbortDays is { } days && rule.Covers(key) && new Due(days, null).From(initiated, options) is var date && (first is null || date < first.Value.Date))
            {
                first = (date, rule.Id);
            }
        }

        return first;
    }

    private static LifecycleRule Read(XElement rule)
    {
        var id = rule.Text("ID") ?? "";
        if (id.Length > 255)
        {
            throw S3Errors.InvalidArgument("ID length should not exceed allowed limit of 255", "ID", id);
        }

        var enabled = rule.Text("Status") switch
        {
            "Enabled" => true,
            "Disabled" => false,
            var other => throw S3Errors.MalformedXml($"Status is '{other}', expected Enabled or Disabled"),
        };
        var filter = rule.Child("Filter");
        if (filter is not null && rule.Child("Prefix") is not null)
        {
            throw S3Errors.MalformedXml("a Rule has a Filter or a Prefix, not both");
        }

        var and = filter?.Child("And");
        var scope = and ?? filter ?? rule;
        var tags = filter is null ? [] : scope.Children("Tag").Select(tag => new KeyValuePair<string, string>(tag.Required("Key"), tag.Required("Value"))).ToList();
        var expiration = rule.Child("Expiration");
        var noncurrent = rule.Child("NoncurrentVersionExpiration");
        var result = new LifecycleRule(
            id, enabled, scope.Text("Prefix") ?? "", tags, filter is null ? null : scope.Int64("ObjectSizeGreaterThan"), filter is null ? null : scope.Int64("ObjectSizeLessThan"),
            expiration is null || expiration.Child("ExpiredObjectDeleteMarker") is not null && expiration.Child("Days") is null && expiration.Child("Date") is null ? null : ReadDue(expiration, "Expiration", least: 1),
            expiration?.Text("ExpiredObjectDeleteMarker") == "true",
            noncurrent is null ? null : new Due(AtLeast(noncurrent, "NoncurrentDays", 1), null),
            noncurrent?.Int32("NewerNoncurrentVersions") ?? 0,
            rule.Child("AbortIncompleteMultipartUpload") is { } abort ? AtLeast(abort, "DaysAfterInitiation", 1) : null,
            [.. rule.Children("Transition").Select(item => new Transition(ReadDue(item, "Transition", least: 0), ReadClass(item), 0))],
            [.. rule.Children("NoncurrentVersionTransition").Select(item => new Transition(new Due(AtLeast(item, "NoncurrentDays", 0), null), ReadClass(item), item.Int32("NewerNoncurrentVersions") ?? 0))]);
        return result.Expiration is null && !result.ExpiredMarkers && expiration is null && noncurrent is null && result.AbortDays is null && result.Transitions.Count == 0 && result.NoncurrentTransitions.Count == 0
            ? throw S3Errors.InvalidRequest("At least one action needs to be specified in a rule")
            : result;
    }

    private static Due ReadDue(XElement element, string what, int least)
    {
        var days = element.Child("Days");
        var date = element.Child("Date");
        if ((days is null) == (date is null))
        {
            throw S3Errors.MalformedXml($"{what} needs one of Days and Date");
        }

        if (days is not null)
        {
            return new Due(AtLeast(element, "Days", least), null);
        }

        return Times.TryParseIso(date!.Value, out var time)
            ? time.TimeOfDay == TimeSpan.Zero ? new Due(null, time) : throw S3Errors.InvalidArgument("'Date' must be at midnight GMT", "Date", date.Value)
            : throw S3Errors.MalformedXml($"Date is '{date.Value}', expected ISO 8601");
    }

    private static int AtLeast(XElement element, string name, int least)
    {
        var days = element.Int32(name) ?? throw S3Errors.MalformedXml($"{element.Name.LocalName} has no {name}");
        return days >= least ? days : throw S3Errors.InvalidArgument($"'{name}' for {element.Name.LocalName} action must be a {(least == 0 ? "nonnegative" : "positive")} integer", name, days.ToString());
    }

    private static string ReadClass(XElement element) => element.Required("StorageClass") is var name && Classes.Contains(name, StringComparer.Ordinal)
        ? name
        : throw S3Errors.MalformedXml($"StorageClass is '{name}', expected one of {string.Join(", ", Classes)}");
}
