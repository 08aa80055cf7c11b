namespace FhirAspire.Generator;

/// <summary>Gives each patient of a seed a number, from which the patient is made; none comes twice.</summary>
public interface IPatientNumbers
{
    /// <summary>Takes the next number.</summary>
    Task<long> TakeAsync(ulong seed, CancellationToken cancellationToken);
}
