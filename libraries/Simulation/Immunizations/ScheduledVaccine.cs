using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Immunizations;

/// <summary>A vaccine of the schedule.</summary>
/// <param name="Code">The vaccine.</param>
/// <param name="Months">Ages in months at which a dose is due, ascending.</param>
/// <param name="FirstYear">First year in which it was available; 0 when always.</param>
internal sealed record ScheduledVaccine(Code[] Code, int[] Months, int FirstYear);
