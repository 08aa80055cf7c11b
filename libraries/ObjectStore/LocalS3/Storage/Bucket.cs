using System.Collections.Immutable;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>Whether a bucket keeps versions.</summary>
internal enum Versioning
{
    Never,
    Enabled,
    Suspended,
}

/// <summary>A bucket and its settings; replaced as a whole when one changes.</summary>
/// <param name="Id">Its number in the index.</param>
/// <param name="Name">Its name.</param>
/// <param name="Created">Unix milliseconds.</param>
/// <param name="Owner">The account's id.</param>
/// <param name="Region">Where the maker wanted it.</param>
/// <param name="Versioning">Whether it keeps versions.</param>
/// <param name="Settings">Configuration documents (XML) by their sub-resource's name.</param>
internal sealed record Bucket(long Id, string Name, long Created, string Owner, string Region, Versioning Versioning, ImmutableDictionary<string, string> Settings);
