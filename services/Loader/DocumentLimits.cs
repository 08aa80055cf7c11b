namespace FhirAspire.Loader;

/// <summary>How large a document may be, and that large ones are read one at a time: memory stays bounded whatever gzip unfolds to.</summary>
/// <param name="maxBytes">As it comes, unpacked (<see cref="LoaderOptions.MaxDocumentBytes"/>).</param>
/// <param name="maxStoredBytes">Without its white space, as the warehouse takes it.</param>
internal sealed class DocumentLimits(long maxBytes, long maxStoredBytes)
{
    /// <summary>A document that grows beyond this waits until no other does.</summary>
    public const int LargeBytes = 32 << 20;

    public long MaxBytes => maxBytes;

    public long MaxStoredBytes => maxStoredBytes;

    public SemaphoreSlim Large { get; } = new(1, 1);
}
