using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Lifecycle;

/// <summary>When something is due: so many days after, or at a date.</summary>
internal readonly record struct Due(int? Days, DateTimeOffset? Date)
{
    /// <summary>Unix milliseconds; S3 rounds days up to the next midnight UTC.</summary>
    public long From(long start, LocalS3Options options)
    {
        if (Date is { } date)
        {
            return date.ToUnixTimeMilliseconds();
        }

        var day = (long)options.LifecycleDay.TotalMilliseconds;
        var due = start + (Days!.Value * day);
        return options.LifecycleDay < TimeSpan.FromDays(1) ? due : (due + day - 1) / day * day;
    }
}

/// <summary>A change of storage class.</summary>
internal readonly record struct Transition(Due Due, string StorageClass, int Newer);

/// <summary>One rule of a lifecycle configuration.</summary>
internal sealed record LifecycleRule(
    string Id,
    bool Enabled,
    string Prefix,
    IReadOnlyList<KeyValuePair<string, string>> Tags,
    long? LargerThan,
    long? SmallerThan,
    Due? Expiration,
    bool ExpiredMarkers,
    Due? NoncurrentExpiration,
    int NewerNoncurrent,
    int? AbortDays,
    IReadOnlyList<Transition> Transitions,
    IReadOnlyList<Transition> NoncurrentTransitions)
{
    public bool Covers(string key) => Enabled && key.StartsWith(Prefix, StringComparison.Ordinal);

    /// <param name="key">The key.</param>
    /// <param name="version">The version.</param>
    /// <param name="tags">Its tags, asked for only when the rule needs them.</param>
    public bool Covers(string key, ObjectVersion version, Func<string?> tags)
    {
        if (!Covers(key) || (LargerThan is { } larger && version.Size <= larger) || (SmallerThan is { } smaller && version.Size >= smaller))
        {
            return false;
        }

        if (Tags.Count == 0)
        {
            return true;
        }

        var has = Operations.Tags.Parse(tags());
        return Tags.All(has.Contains);
    }
}
