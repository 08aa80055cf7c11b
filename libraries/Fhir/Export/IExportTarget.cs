using FhirAspire.Simulation;

namespace FhirAspire.Fhir.Export;

/// <summary>One format: renders slots in parallel, takes them in order.</summary>
/// <typeparam name="T">A rendered slot.</typeparam>
internal interface IExportTarget<T> : IDisposable
{
    /// <summary>Renders a slot; on any thread.</summary>
    T Render(IReadOnlyList<SimulatedPatient> patients);

    /// <summary>Takes a slot; one at a time, in the order of slots.</summary>
    /// <returns>Resources (or rows) and bytes.</returns>
    (long Resources, long Bytes) Take(T rendered);

    /// <summary>Makes durable what was taken.</summary>
    /// <returns>Lengths of the growing files.</returns>
    Dictionary<string, long> Mark();

    /// <summary>Writes what follows from all patients.</summary>
    (long Resources, long Bytes) Finish(RunTotals totals);
}
