namespace FhirAspire.Warehouse.Raw;

/// <summary>A row of <c>raw.fhir_bundles</c>.</summary>
/// <param name="FileKey">The object's key; for a line of NDJSON <c>{key}#{line}</c>, lines counted from 1.</param>
/// <param name="Utf8">The document without white space.</param>
/// <param name="RecordCount">Entries of a bundle, 1 for a single resource.</param>
/// <param name="ETag">The ETag of the file, where it came in a pack; null: that of its object.</param>
public sealed record RawRow(string FileKey, ReadOnlyMemory<byte> Utf8, int RecordCount, string? ETag = null);

/// <summary>An object of the bucket, as the raw layer knows it.</summary>
/// <param name="Key">Its key.</param>
/// <param name="ETag">Its ETag, without quotes.</param>
/// <param name="Size">Its bytes in the bucket.</param>
/// <param name="LastModified">When it was written.</param>
public sealed record RawObject(string Key, string ETag, long Size, DateTimeOffset LastModified);

/// <summary>Why an object, or a line of it, could not be loaded.</summary>
/// <param name="FileKey">The object's key, or <c>{key}#{line}</c>.</param>
/// <param name="ETag">The object's ETag.</param>
/// <param name="Place">Where in it.</param>
/// <param name="Code">A stable code.</param>
/// <param name="Reason">What was found and expected.</param>
public sealed record RawError(string FileKey, string ETag, string Place, string Code, string Reason);

/// <summary>Who loads: a run and its lease's fence.</summary>
/// <param name="RunId">The run's number in the history.</param>
/// <param name="Fence">The fence; a load with a smaller one than the last is refused.</param>
public sealed record LoadIdentity(long RunId, long Fence);
