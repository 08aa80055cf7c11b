using System.Globalization;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>Objects of the archive classes, which must be restored before they can be read. A restore is done at once here.</summary>
internal static class Archive
{
    public static bool IsArchived(ObjectVersion version) => version.StorageClass is "GLACIER" or "DEEP_ARCHIVE";

    public static bool IsLocked(ObjectVersion version, long now) => IsArchived(version) && !(Until(version) > now);

    public static string? RestoreHeader(ObjectVersion version) => Until(version) is { } until
        ? $"ongoing-request=\"false\", expiry-date=\"{Times.Http(until)}\""
        : null;

    public static ObjectVersion Restored(ObjectVersion version, long until) =>
        version with { Metadata = version.Metadata.With(ObjectHeaders.RestoredUntil, until.ToString(CultureInfo.InvariantCulture)) };

    private static long? Until(ObjectVersion version) =>
        version.Metadata[ObjectHeaders.RestoredUntil] is { } text ? long.Parse(text, CultureInfo.InvariantCulture) : null;
}
