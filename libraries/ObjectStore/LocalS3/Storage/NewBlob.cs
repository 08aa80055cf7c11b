namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>Bytes that are stored but that the index does not name yet; disposed before it does, they are removed again.</summary>
internal sealed class NewBlob(BlobFiles files, long id, long size, byte[] md5, byte[]? inline) : IDisposable
{
    private bool kept;

    /// <summary>0 when there are no bytes.</summary>
    public long Id { get; } = id;

    public long Size { get; } = size;

    /// <summary>Their hash, 16 bytes.</summary>
    public byte[] Md5 { get; } = md5;

    /// <summary>The bytes, when they go into the index.</summary>
    public byte[]? Inline { get; } = inline;

    /// <summary>The index names it now.</summary>
    public void Keep() => kept = true;

    public void Dispose()
    {
        if (!kept && Inline is null)
        {
            files.Remove(Id);
        }
    }
}
