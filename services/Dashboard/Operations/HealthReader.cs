namespace FhirAspire.Dashboard.Operations;
/// <summary>x</summary>
public sealed class HealthReader;
