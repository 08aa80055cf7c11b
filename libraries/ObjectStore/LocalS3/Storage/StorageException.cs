namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>The index file cannot be read or written.</summary>
internal sealed class StorageException(string path, int result, string message)
    : LocalS3Exception("LS3100", path, $"the index answers {result} ({message}); is the disk full, or does another program write to this folder?")
{
    /// <summary>SQLite's extended result code.</summary>
    public int Result { get; } = result;
}
