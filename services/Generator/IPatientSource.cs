using FhirAspire.Fhir.Spool;

namespace FhirAspire.Generator;

/// <summary>Writes patients to the spool, one call a patient. Never two calls at a time.</summary>
public interface IPatientSource
{
    /// <summary>Patients, or files of many, that the source has; null where it does not end.</summary>
    int? Count { get; }

    /// <summary>Writes the next patient's folder, and before the first what its run shares.</summary>
    /// <returns>The folders written, the patient's last; none when the source has come to its end.</returns>
    Task<IReadOnlyList<SpooledItem>> NextAsync(CancellationToken cancellationToken);
}

/// <summary>A folder that a source has written.</summary>
/// <param name="Folder">The folder.</param>
/// <param name="Files">Its files.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Kind">What is in it.</param>
public sealed record SpooledItem(SpoolFolder Folder, int Files, long Bytes, SpooledKind Kind);

/// <summary>What a spool folder holds.</summary>
public enum SpooledKind
{
    /// <summary>A run's organizations and practitioners.</summary>
    Shared,

    /// <summary>A patient's bundle.</summary>
    Patient,

    /// <summary>Resources of many patients, one a line.</summary>
    Ndjson,
}
