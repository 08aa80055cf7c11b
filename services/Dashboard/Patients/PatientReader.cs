namespace FhirAspire.Dashboard.Patients;
/// <summary>x</summary>
public sealed class PatientReader;
