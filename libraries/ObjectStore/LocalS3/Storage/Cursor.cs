namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>Goes through the versions of a bucket in order, and can jump forwards.</summary>
internal readonly ref struct Cursor(Reader reader, Statement statement, long bucket)
{
    /// <summary>The next row will be the first with a key not before <paramref name="key"/>.</summary>
    public void Seek(ReadOnlySpan<byte> key) => SeekBehind(key, long.MinValue);

    /// <summary>The next row will be the first of a key behind <paramref name="key"/>.</summary>
    public void SeekBehind(ReadOnlySpan<byte> key) => SeekBehind(key, long.MaxValue);

    /// <summary>The next row will be the one behind a row's key and place (the negative sequence).</summary>
    public void SeekBehind(ReadOnlySpan<byte> key, long place)
    {
        statement.Reset();
        statement.Bind(1, bucket).Bind(2, key).Bind(3, place);
    }

    public bool Next() => statement.Step();

    public ReadOnlySpan<byte> Key => statement.Blob(0);

    public VersionFlags Flags => (VersionFlags)statement.Int64(2);

    public ObjectVersion Version => Reader.Read(statement, all: false);

    public void Dispose()
    {
        _ = reader;
        statement.Reset();
    }
}
