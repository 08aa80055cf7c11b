namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>Changes the index; only the thread of <see cref="WriteQueue"/> uses it.</summary>
internal sealed class Transaction : Reader
{
    private readonly BlobFiles files;
    private readonly List<Action> afterCommit = [];
    private readonly Statement begin;
    private readonly Statement commit;
    private readonly Statement rollback;
    private readonly Statement insertVersion;
    private readonly Statement updateVersion;
    private readonly Statement deleteVersion;
    private readonly Statement insertBlob;
    private readonly Statement shareBlob;
    private readonly Statement unshareBlob;
    private readonly Statement deleteBlob;
    private readonly Statement insertSegment;
    private readonly Statement deleteSegments;
    private readonly Statement insertUpload;
    private readonly Statement deleteUpload;
    private readonly Statement putPart;
    private readonly Statement deleteParts;
    private readonly Statement insertBucket;
    private readonly Statement updateBucket;
    private readonly Statement deleteBucket;
    private readonly Statement putSetting;
    private readonly Statement deleteSetting;
    private readonly Statement deleteSettings;

    public Transaction(Database database, BlobFiles files)
        : base(database)
    {
        this.files = files;
        begin = database.Prepare("BEGIN IMMEDIATE");
        commit = database.Prepare("COMMIT");
        rollback = database.Prepare("ROLLBACK");
        insertVersion = database.Prepare("INSERT INTO versions(bucket, key, seq, flags, modified, size, etag, class, checksum, blob, owner, tags, meta) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)");
        updateVersion = database.Prepare("UPDATE versions SET class=?4, tags=?5, meta=?6, checksum=?7 WHERE bucket=?1 AND key=?2 AND seq=?3");
        deleteVersion = database.Prepare("DELETE FROM versions WHERE bucket=?1 AND key=?2 AND seq=?3");
        insertBlob = database.Prepare("INSERT INTO blobs(id, refs, size, data) VALUES(?1, 1, ?2, ?3)");
        shareBlob = database.Prepare("UPDATE blobs SET refs=refs+1 WHERE id=?1");
        unshareBlob = database.Prepare("UPDATE blobs SET refs=refs-1 WHERE id=?1 RETURNING refs, data IS NULL");
        deleteBlob = database.Prepare("DELETE FROM blobs WHERE id=?1");
        insertSegment = database.Prepare("INSERT INTO segments(object, part, blob, size, checksum) VALUES(?1,?2,?3,?4,?5)");
        deleteSegments = database.Prepare("DELETE FROM segments WHERE object=?1");
        insertUpload = database.Prepare("INSERT INTO uploads(id, bucket, key, initiated, owner, class, checksum, tags, meta) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9)");
        deleteUpload = database.Prepare("DELETE FROM uploads WHERE id=?1");
        putPart = database.Prepare("INSERT OR REPLACE INTO parts(upload, part, blob, size, etag, modified, checksum) VALUES(?1,?2,?3,?4,?5,?6,?7)");
        deleteParts = database.Prepare("DELETE FROM parts WHERE upload=?1");
        insertBucket = database.Prepare("INSERT INTO buckets(id, name, created, owner, region, versioning) VALUES(?1,?2,?3,?4,?5,?6)");
        updateBucket = database.Prepare("UPDATE buckets SET versioning=?2 WHERE id=?1");
        deleteBucket = database.Prepare("DELETE FROM buckets WHERE id=?1");
        putSetting = database.Prepare("INSERT OR REPLACE INTO bucket_settings(bucket, kind, value) VALUES(?1,?2,?3)");
        deleteSetting = database.Prepare("DELETE FROM bucket_settings WHERE bucket=?1 AND kind=?2");
        deleteSettings = database.Prepare("DELETE FROM bucket_settings WHERE bucket=?1");
    }

    public void Begin()
    {
        afterCommit.Clear();
        begin.Run();
    }

    public void Commit() => commit.Run();

    public void Rollback()
    {
        afterCommit.Clear();
        try
        {
            rollback.Run();
        }
        catch (StorageException)
        {
            // SQLite has rolled back itself: a full disk, say.
        }
    }

    public void Committed()
    {
        foreach (var action in afterCommit)
        {
            action();
        }

        afterCommit.Clear();
    }

    /// <summary>To be done when everything is on the disk.</summary>
    public void AfterCommit(Action action) => afterCommit.Add(action);

    public void Insert(long bucket, ReadOnlySpan<byte> key, ObjectVersion version)
    {
        insertVersion.Bind(1, bucket).Bind(2, key).Bind(3, -version.Sequence).Bind(4, (long)version.Flags).Bind(5, version.Modified).Bind(6, version.Size)
            .Bind(7, version.ETag).Bind(8, version.StorageClass).Bind(9, version.Checksum?.Serialize()).Bind(10, version.Blob).Bind(11, version.Owner).Bind(12, version.Tags);
        if (version.Metadata.Serialize() is { } metadata)
        {
            insertVersion.Bind(13, metadata);
        }
        else
        {
            insertVersion.BindNull(13);
        }

        insertVersion.Run();
    }

    /// <summary>Writes what may change of a version: storage class, tags, metadata, checksum.</summary>
    public void Update(long bucket, ReadOnlySpan<byte> key, ObjectVersion version)
    {
        updateVersion.Bind(1, bucket).Bind(2, key).Bind(3, -version.Sequence).Bind(4, version.StorageClass).Bind(5, version.Tags).Bind(7, version.Checksum?.Serialize());
        if (version.Metadata.Serialize() is { } metadata)
        {
            updateVersion.Bind(6, metadata);
        }
        else
        {
            updateVersion.BindNull(6);
        }

        updateVersion.Run();
    }

    /// <summary>Removes a version, and its bytes when nothing else shares them.</summary>
    public void Delete(long bucket, ReadOnlySpan<byte> key, ObjectVersion version)
    {
        deleteVersion.Bind(1, bucket).Bind(2, key).Bind(3, -version.Sequence).Run();
        if (version.IsSegmented)
        {
            foreach (var segment in Segments(version.Blob))
            {
                Release(segment.Blob);
            }

            deleteSegments.Bind(1, version.Blob).Run();
        }
        else
        {
            Release(version.Blob);
        }
    }

    public void Add(NewBlob blob)
    {
        if (blob.Id != 0)
        {
            insertBlob.Bind(1, blob.Id).Bind(2, blob.Size);
            if (blob.Inline is { } inline)
            {
                insertBlob.Bind(3, inline);
            }
            else
            {
                insertBlob.BindNull(3);
            }

            insertBlob.Run();
        }

        AfterCommit(blob.Keep);
    }

    /// <summary>One more version or part has these bytes.</summary>
    public void Share(long blob)
    {
        if (blob != 0)
        {
            shareBlob.Bind(1, blob).Run();
        }
    }

    public void Release(long blob)
    {
        if (blob == 0)
        {
            return;
        }

        unshareBlob.Bind(1, blob);
        bool last;
        bool inFile;
        try
        {
            if (!unshareBlob.Step())
            {
                return;
            }

            last = unshareBlob.Int64(0) <= 0;
            inFile = unshareBlob.Int64(1) != 0;
        }
        finally
        {
            unshareBlob.Reset();
        }

        if (last)
        {
            deleteBlob.Bind(1, blob).Run();
            if (inFile)
            {
                AfterCommit(() => files.Remove(blob));
            }
        }
    }

    public void Insert(long objectId, Segment segment) =>
        insertSegment.Bind(1, objectId).Bind(2, segment.Part).Bind(3, segment.Blob).Bind(4, segment.Size).Bind(5, segment.Checksum?.Serialize()).Run();

    public void Insert(Upload upload)
    {
        insertUpload.Bind(1, upload.Id).Bind(2, upload.Bucket).Bind(3, upload.Key).Bind(4, upload.Initiated).Bind(5, upload.Owner).Bind(6, upload.StorageClass)
            .Bind(7, upload.Checksum?.Serialize()).Bind(8, upload.Tags);
        if (upload.Metadata.Serialize() is { } metadata)
        {
            insertUpload.Bind(9, metadata);
        }
        else
        {
            insertUpload.BindNull(9);
        }

        insertUpload.Run();
    }

    /// <summary>Removes an upload and its parts; their bytes too, unless an object has taken them over.</summary>
    public void Delete(Upload upload, IReadOnlySet<int> taken)
    {
        foreach (var part in Parts(upload.Id))
        {
            if (!taken.Contains(part.Number))
            {
                Release(part.Blob);
            }
        }

        deleteParts.Bind(1, upload.Id).Run();
        deleteUpload.Bind(1, upload.Id).Run();
    }

    public void Put(long upload, Part part)
    {
        foreach (var old in Parts(upload, part.Number - 1, limit: 1))
        {
            if (old.Number == part.Number)
            {
                Release(old.Blob);
            }
        }

        putPart.Bind(1, upload).Bind(2, part.Number).Bind(3, part.Blob).Bind(4, part.Size).Bind(5, part.ETag).Bind(6, part.Modified).Bind(7, part.Checksum?.Serialize()).Run();
    }

    public void Insert(Bucket bucket) =>
        insertBucket.Bind(1, bucket.Id).Bind(2, bucket.Name).Bind(3, bucket.Created).Bind(4, bucket.Owner).Bind(5, bucket.Region).Bind(6, (long)bucket.Versioning).Run();

    public void Update(Bucket bucket) => updateBucket.Bind(1, bucket.Id).Bind(2, (long)bucket.Versioning).Run();

    public void Delete(Bucket bucket)
    {
        deleteSettings.Bind(1, bucket.Id).Run();
        deleteBucket.Bind(1, bucket.Id).Run();
    }

    public void PutSetting(long bucket, string kind, string? value)
    {
        if (value is null)
        {
            deleteSetting.Bind(1, bucket).Bind(2, kind).Run();
        }
        else
        {
            putSetting.Bind(1, bucket).Bind(2, kind).Bind(3, value).Run();
        }
    }
}
