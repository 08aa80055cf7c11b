namespace FhirAspire.Fhir.Spool;

/// <summary>What <c>.uploaded</c> says: when, to which bucket, under which keys.</summary>
public sealed record SpoolMarker(DateTimeOffset UploadedAt, string Bucket, IReadOnlyList<string> Keys);
