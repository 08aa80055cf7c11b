using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Providers;

/// <summary>The providers of the simulated state, and the choice among them.</summary>
public sealed class ProviderDirectory
{
    private const double FirstBox = 0.125;
    private const double LargestBox = 1000;

    private readonly Provider[][] byClass;

    internal ProviderDirectory(IReadOnlyList<Provider> providers)
    {
        Providers = providers;
        for (var i = 0; i < providers.Count; i++)
        {
            providers[i].Number = i;
        }

        byClass = [.. Enum.GetValues<EncounterClass>().Select(kind => providers.Where(p => p.Classes.Contains(kind)).ToArray())];
        Hospitals = [.. providers.Where(p => p.Classes.Contains(EncounterClass.Inpatient))];
    }

    /// <summary>All providers, in the order of their numbers.</summary>
    public IReadOnlyList<Provider> Providers { get; }

    internal Provider[] Hospitals { get; }

    /// <summary>The provider that cardiology modules use: the first of the list.</summary>
    internal Provider First => Providers[0];

    /// <summary>
    /// The nearest provider that offers the class to such a person: in a box around the person that doubles until it holds one;
    /// a hospital where nobody offers it.
    /// </summary>
    internal Provider Find(EncounterClass kind, double latitude, double longitude, bool isVeteran, bool isNative)
        => Nearest(byClass[(int)kind], kind, latitude, longitude, isVeteran, isNative)
            ?? Nearest(Hospitals, kind, latitude, longitude, isVeteran, isNative)
            ?? Nearest(Hospitals, EncounterClass.Emergency, latitude, longitude, isVeteran: true, isNative: true)
            ?? First;

    private static Provider? Nearest(Provider[] candidates, EncounterClass kind, double latitude, double longitude, bool isVeteran, bool isNative)
    {
        for (var box = FirstBox; box <= LargestBox * 2; box *= 2)
        {
            Provider? best = null;
            var bestDistance = double.MaxValue;
            foreach (var provider in candidates)
            {
                var north = provider.Latitude - latitude;
                var east = provider.Longitude - longitude;
                if (Math.Abs(north) > box || Math.Abs(east) > box || !Serves(provider, kind, isVeteran, isNative))
                {
                    continue;
                }

                east *= Math.Cos(latitude * Math.PI / 180);
                var distance = (north * north) + (east * east);
                if (distance < bestDistance)
                {
                    bestDistance = distance;
                    best = provider;
                }
            }

            if (best is not null)
            {
                return best;
            }
        }

        return null;
    }

    private static bool Serves(Provider provider, EncounterClass kind, bool isVeteran, bool isNative) => provider.Kind switch
    {
        ProviderKind.Veterans => isVeteran,
        ProviderKind.IndianHealth => isNative || kind is EncounterClass.Emergency or EncounterClass.UrgentCare,
        _ => !isVeteran || kind is EncounterClass.Emergency or EncounterClass.UrgentCare or EncounterClass.Hospice or EncounterClass.Snf or EncounterClass.Home,
    };
}
