namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>The tables of the index file.</summary>
/// <remarks>
/// Keys are UTF-8 bytes, which SQLite compares as S3 does. <c>versions.seq</c> is negative, so that the newest version of a key comes first.
/// A <c>blob</c> of 0 is no bytes at all, a positive one is a row of <c>blobs</c> (and a file, when <c>data</c> is NULL), and one of a version
/// with the flag <see cref="VersionFlags.Segmented"/> is the id of its rows in <c>segments</c>.
/// </remarks>
internal static class Schema
{
    public const int Current = 1;

    public const string Create = """
        CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS buckets(
          id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, created INTEGER NOT NULL, owner TEXT NOT NULL, region TEXT NOT NULL, versioning INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS bucket_settings(bucket INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY(bucket, kind)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS versions(
          bucket INTEGER NOT NULL, key BLOB NOT NULL, seq INTEGER NOT NULL, flags INTEGER NOT NULL, modified INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT,
          class TEXT, checksum TEXT, blob INTEGER NOT NULL, owner TEXT, tags TEXT, meta BLOB, PRIMARY KEY(bucket, key, seq)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS blobs(id INTEGER PRIMARY KEY, refs INTEGER NOT NULL, size INTEGER NOT NULL, data BLOB);
        CREATE TABLE IF NOT EXISTS segments(
          object INTEGER NOT NULL, part INTEGER NOT NULL, blob INTEGER NOT NULL, size INTEGER NOT NULL, checksum TEXT, PRIMARY KEY(object, part)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS uploads(
          id INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, key BLOB NOT NULL, initiated INTEGER NOT NULL, owner TEXT, class TEXT, checksum TEXT, tags TEXT, meta BLOB);
        CREATE INDEX IF NOT EXISTS uploads_by_key ON uploads(bucket, key, id);
        CREATE TABLE IF NOT EXISTS parts(
          upload INTEGER NOT NULL, part INTEGER NOT NULL, blob INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, checksum TEXT,
          PRIMARY KEY(upload, part)) WITHOUT ROWID;
        """;
}
