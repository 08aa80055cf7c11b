namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>A version just written.</summary>
internal sealed record StoredVersion(ObjectVersion Version, Versioning Versioning)
{
    /// <summary>For the header x-amz-version-id: a bucket that has never had versions names none.</summary>
    public string? VersionId => Versioning == Versioning.Enabled ? Version.VersionId : null;
}
