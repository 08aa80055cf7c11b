namespace FhirAspire.Fhir.Export;

/// <summary>How far an export has come; at the end, what it has written.</summary>
/// <param name="Slots">Slots done; each ends with a living patient.</param>
/// <param name="Patients">Patients, dead ones included.</param>
/// <param name="Resources">Resources written since this process began; rows for CSV.</param>
/// <param name="Bytes">Bytes written since this process began, before compression.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
public readonly record struct ExportProgress(long Slots, long Patients, long Resources, long Bytes);
