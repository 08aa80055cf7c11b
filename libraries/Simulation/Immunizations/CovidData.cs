using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Immunizations;

/// <summary>An age group of the vaccination campaign.</summary>
/// <param name="MinAge">Least age, years.</param>
/// <param name="MaxAge">Greatest age, years.</param>
/// <param name="Share">Share that was vaccinated in the first half year, 0 to 1.</param>
/// <param name="Days">Instants at noon of the days with doses.</param>
/// <param name="CumulativeDoses">Running sum of doses.</param>
internal sealed record CovidAgeGroup(int MinAge, int MaxAge, double Share, long[] Days, double[] CumulativeDoses);

/// <summary>The COVID-19 vaccination campaign of the United States.</summary>
/// <param name="Groups">Age groups.</param>
/// <param name="Brands">Vaccines: code, share since all were available, days to the second dose (0 for a single one).</param>
internal sealed record CovidData(IReadOnlyList<CovidAgeGroup> Groups, IReadOnlyList<(Code[] Code, double Share, int DaysToSecond)> Brands);
