using FhirAspire.Fhir.Spool;

namespace FhirAspire.Generator;

/// <summary>Writes patients to the spool, one call a patient. Never two calls at a time.</summary>
public interface IPatientSource
{
    /// <summary>Writes the next patient's folder, and before the first what its run shares.</summary>
    /// <returns>The folders written, the patient's last; none when the source has come to its end.</returns>
    Task<IReadOnlyList<SpooledItem>> NextAsync(CancellationToken cancellationToken);
}

/// <summary>A folder that a source has written.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Files">Its files.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Patients">Patients in it: 1 for a patient's bundle, 0 where that is not known or where it holds none.</param>
public sealed record SpooledItem(SpoolFolder Folder, int Files, long Bytes, int Patients);
