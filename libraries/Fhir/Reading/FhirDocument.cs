namespace FhirAspire.Fhir.Reading;

/// <summary>A FHIR document, checked and without insignificant white space.</summary>
/// <param name="Utf8">The document.</param>
/// <param name="ResourceType">Its resource type, such as <c>Bundle</c> or <c>Observation</c>.</param>
/// <param name="RecordCount">Entries of a bundle; 1 for any other resource.</param>
public readonly record struct FhirDocument(ReadOnlyMemory<byte> Utf8, string ResourceType, int RecordCount);
