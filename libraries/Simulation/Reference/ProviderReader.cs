using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Providers;
using FhirAspire.Simulation.Random;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Reference;

/// <summary>Reads <c>providers/</c>.</summary>
internal static class ProviderReader
{
    private static readonly EncounterClass[] HospitalClasses = [EncounterClass.Ambulatory, EncounterClass.Outpatient, EncounterClass.Inpatient];

    public static ProviderDirectory Read(IFileSource files, string state, NameData names)
    {
        var providers = new List<Provider>();
        Add(files, "hospitals", state, ProviderKind.General, HospitalClasses, providers);
        Add(files, "ihs_facilities", state, ProviderKind.IndianHealth, HospitalClasses, providers);
        Add(files, "va_facilities", state, ProviderKind.Veterans, [.. HospitalClasses, EncounterClass.Wellness], providers);
        Add(files, "primary_care_facilities", state, ProviderKind.General, [EncounterClass.Wellness], providers);
        Add(files, "ihs_centers", state, ProviderKind.IndianHealth, [EncounterClass.Wellness], providers);
        Add(files, "urgent_care_facilities", state, ProviderKind.General, [EncounterClass.UrgentCare], providers);
        Add(files, "home_health_agencies", state, ProviderKind.General, [EncounterClass.Home], providers);
        Add(files, "hospice", state, ProviderKind.General, [EncounterClass.Hospice], providers);
        Add(files, "nursing", state, ProviderKind.General, [EncounterClass.Snf], providers);
        if (providers.Count == 0)
        {
            throw new SimulationException("SIM032", $"state '{state}'", $"{files.Name} knows no provider of this state");
        }

        foreach (var provider in providers)
        {
            // One general practitioner for each provider, always the same one.
            var random = new SimRandom(SplitMix.Hash(provider.Key));
            var gender = random.NextDouble() < 0.5 ? "M" : "F";
            provider.Clinician = new Clinician(provider, providers.IndexOf(provider))
            {
                Gender = gender,
                FirstName = names.First(gender, "english", random),
                LastName = names.Family("english", random),
            };
        }

        return new ProviderDirectory(providers);
    }

    private static void Add(IFileSource files, string file, string state, ProviderKind kind, EncounterClass[] classes, List<Provider> providers)
    {
        using var table = CsvTable.TryOpen(files, $"providers/{file}.csv");
        if (table is null)
        {
            return;
        }

        var key = table.Has("provider_num") ? "provider_num" : "id";
        var latitude = table.Has("lat") ? "lat" : "LAT";
        var longitude = table.Has("lon") ? "lon" : "LON";
        var row = 0;
        while (table.ReadContaining("," + state + ","))
        {
            if (table["state"] != state || table[latitude].Length == 0)
            {
                continue;
            }

            var offers = new HashSet<EncounterClass>(classes);
            if (classes.Contains(EncounterClass.Inpatient) && table["emergency"] is "true" or "Yes" or "yes" or "TRUE")
            {
                offers.Add(EncounterClass.Emergency);
            }

            var number = table[key] is { Length: > 0 } given ? given : table.Has("npi") ? table["npi"] : row.ToString();
            providers.Add(new Provider($"{file}/{number}/{row++}", table["name"])
            {
                Address = table["address"],
                City = table["city"],
                State = state,
                Zip = table["zip"],
                Phone = table["phone"],
                Latitude = table.Number(latitude),
                Longitude = table.Number(longitude),
                Kind = kind,
                Classes = offers,
                Beds = table.Has("bed_count") && int.TryParse(table["bed_count"], out var beds) ? beds : 0,
            });
        }
    }
}
