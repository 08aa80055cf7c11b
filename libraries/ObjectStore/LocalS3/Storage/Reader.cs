namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>Reads the index through one connection.</summary>
internal class Reader : IDisposable
{
    private const string Listed = "key, seq, flags, modified, size, etag, class, checksum, blob, owner";
    private const string All = Listed + ", tags, meta";

    private readonly Statement current;
    private readonly Statement one;
    private readonly Statement ofKey;
    private readonly Statement from;
    private readonly Statement blob;
    private readonly Statement segments;
    private readonly Statement upload;
    private readonly Statement uploadsFrom;
    private readonly Statement parts;
    private readonly Statement any;
    private readonly Statement anyUpload;
    private readonly Statement hasBlob;

    public Reader(Database database)
    {
        Database = database;
        current = database.Prepare($"SELECT {All} FROM versions WHERE bucket=?1 AND key=?2 ORDER BY seq LIMIT 1");
        one = database.Prepare($"SELECT {All} FROM versions WHERE bucket=?1 AND key=?2 AND seq=?3");
        ofKey = database.Prepare($"SELECT {All} FROM versions WHERE bucket=?1 AND key=?2 ORDER BY seq");
        from = database.Prepare($"SELECT {Listed} FROM versions WHERE bucket=?1 AND (key, seq) > (?2, ?3) ORDER BY key, seq");
        blob = database.Prepare("SELECT data FROM blobs WHERE id=?1");
        segments = database.Prepare("SELECT part, blob, size, checksum FROM segments WHERE object=?1 ORDER BY part");
        upload = database.Prepare("SELECT bucket, key, initiated, owner, class, checksum, tags, meta, id FROM uploads WHERE id=?1");
        uploadsFrom = database.Prepare("SELECT bucket, key, initiated, owner, class, checksum, tags, meta, id FROM uploads WHERE bucket=?1 AND (key, id) > (?2, ?3) ORDER BY key, id");
        parts = database.Prepare("SELECT part, blob, size, etag, modified, checksum FROM parts WHERE upload=?1 AND part > ?2 ORDER BY part");
        any = database.Prepare("SELECT 1 FROM versions WHERE bucket=?1 LIMIT 1");
        hasBlob = database.Prepare("SELECT 1 FROM blobs WHERE id=?1");
        anyUpload = database.Prepare("SELECT 1 FROM uploads WHERE bucket=?1 LIMIT 1");
    }

    protected Database Database { get; }

    /// <summary>The newest version of a key, which may be a delete marker.</summary>
    public ObjectVersion? FindCurrent(long bucket, ReadOnlySpan<byte> key)
    {
        current.Bind(1, bucket).Bind(2, key);
        try
        {
            return current.Step() ? Read(current, all: true) : null;
        }
        finally
        {
            current.Reset();
        }
    }

    /// <summary>A version by its id; null when there is none of that id.</summary>
    public ObjectVersion? Find(long bucket, ReadOnlySpan<byte> key, string versionId)
    {
        if (versionId == VersionIds.Null)
        {
            return FindNull(bucket, key);
        }

        if (!VersionIds.TryDecode(versionId, out var sequence))
        {
            throw Http.S3Errors.InvalidArgument("Invalid version id specified", "versionId", versionId);
        }

        one.Bind(1, bucket).Bind(2, key).Bind(3, -sequence);
        try
        {
            return one.Step() && Read(one, all: true) is { IsNull: false } version ? version : null;
        }
        finally
        {
            one.Reset();
        }
    }

    public ObjectVersion? FindNull(long bucket, ReadOnlySpan<byte> key)
    {
        ofKey.Bind(1, bucket).Bind(2, key);
        try
        {
            while (ofKey.Step())
            {
                if (((VersionFlags)ofKey.Int64(2)).HasFlag(VersionFlags.Null))
                {
                    return Read(ofKey, all: true);
                }
            }

            return null;
        }
        finally
        {
            ofKey.Reset();
        }
    }

    /// <summary>Every version of a key, newest first.</summary>
    public List<ObjectVersion> Versions(long bucket, ReadOnlySpan<byte> key)
    {
        var versions = new List<ObjectVersion>();
        ofKey.Bind(1, bucket).Bind(2, key);
        try
        {
            while (ofKey.Step())
            {
                versions.Add(Read(ofKey, all: true));
            }
        }
        finally
        {
            ofKey.Reset();
        }

        return versions;
    }

    /// <summary>Begins to go through the versions behind a place, in order of key and then newest first.</summary>
    public Cursor Scan(long bucket) => new(this, from, bucket);

    /// <summary>The bytes of an inline blob; null when they are in a file.</summary>
    public byte[]? Inline(long id)
    {
        blob.Bind(1, id);
        try
        {
            return blob.Step() && !blob.IsNull(0) ? blob.Blob(0).ToArray() : null;
        }
        finally
        {
            blob.Reset();
        }
    }

    public List<Segment> Segments(long id)
    {
        var list = new List<Segment>();
        segments.Bind(1, id);
        try
        {
            while (segments.Step())
            {
                list.Add(new Segment((int)segments.Int64(0), segments.Int64(1), segments.Int64(2), StoredChecksum.Parse(segments.Text(3))));
            }
        }
        finally
        {
            segments.Reset();
        }

        return list;
    }

    public Upload? FindUpload(long id)
    {
        upload.Bind(1, id);
        try
        {
            return upload.Step() ? ReadUpload(upload) : null;
        }
        finally
        {
            upload.Reset();
        }
    }

    /// <summary>Uploads behind a place, by key and then by age, as long as the consumer wants more.</summary>
    public void Uploads(long bucket, ReadOnlySpan<byte> key, long id, Func<Upload, bool> more)
    {
        uploadsFrom.Bind(1, bucket).Bind(2, key).Bind(3, id);
        try
        {
            while (uploadsFrom.Step() && more(ReadUpload(uploadsFrom)))
            {
                // The consumer has it.
            }
        }
        finally
        {
            uploadsFrom.Reset();
        }
    }

    public List<Part> Parts(long uploadId, int after = 0, int limit = int.MaxValue)
    {
        var list = new List<Part>();
        parts.Bind(1, uploadId).Bind(2, after);
        try
        {
            while (list.Count < limit && parts.Step())
            {
                list.Add(new Part((int)parts.Int64(0), parts.Int64(1), parts.Int64(2), parts.Text(3)!, parts.Int64(4), StoredChecksum.Parse(parts.Text(5))));
            }
        }
        finally
        {
            parts.Reset();
        }

        return list;
    }

    public bool HasVersions(long bucket) => Exists(any, bucket);

    public bool HasBlob(long id) => Exists(hasBlob, id);

    public bool HasUploads(long bucket) => Exists(anyUpload, bucket);

    public virtual void Dispose() => Database.Dispose();

    internal static ObjectVersion Read(Statement row, bool all) => new()
    {
        Sequence = -row.Int64(1),
        Flags = (VersionFlags)row.Int64(2),
        Modified = row.Int64(3),
        Size = row.Int64(4),
        ETag = row.Text(5) ?? "",
        StorageClass = row.Text(6),
        Checksum = StoredChecksum.Parse(row.Text(7)),
        Blob = row.Int64(8),
        Owner = row.Text(9),
        Tags = all ? row.Text(10) : null,
        Metadata = all ? ObjectMetadata.Deserialize(row.Blob(11)) : ObjectMetadata.Empty,
    };

    private static Upload ReadUpload(Statement row) => new(
        row.Int64(8), row.Int64(0), row.Blob(1).ToArray(), row.Int64(2), row.Text(3), row.Text(4), StoredChecksum.Parse(row.Text(5)), row.Text(6), ObjectMetadata.Deserialize(row.Blob(7)));

    private static bool Exists(Statement statement, long bucket)
    {
        statement.Bind(1, bucket);
        try
        {
            return statement.Step();
        }
        finally
        {
            statement.Reset();
        }
    }
}
