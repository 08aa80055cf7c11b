using FhirAspire.Simulation.Random;

namespace FhirAspire.Simulation.Lifecycle;

/// <summary>
/// First language by race and ethnicity: American Community Survey, tables B16005 and B16006 (2017) and detailed languages 2009-2013.
/// </summary>
internal static class Languages
{
    private static readonly (string Language, double Share)[] Hispanic = [("spanish", 0.5115), ("english", 0.4885)];
    private static readonly (string Language, double Share)[] White =
        [("italian", 0.002), ("french", 0.004), ("german", 0.003), ("polish", 0.001), ("portuguese", 0.002), ("russian", 0.003), ("greek", 0.001), ("english", 0.984)];

    private static readonly (string Language, double Share)[] Black = [("french", 0.004), ("spanish", 0.026), ("english", 0.97)];
    private static readonly (string Language, double Share)[] Asian =
        [("chinese", 0.147), ("japanese", 0.022), ("korean", 0.056), ("vietnamese", 0.07), ("hindi", 0.033), ("english", 0.672)];

    private static readonly (string Language, double Share)[] Other = [("arabic", 0.065), ("english", 0.935)];

    public static string Pick(string race, string ethnicity, SimRandom random)
    {
        var draw = random.NextDouble();
        var shares = ethnicity == "hispanic" ? Hispanic : race switch
        {
            "white" => White,
            "black" => Black,
            "asian" => Asian,
            "other" or "hawaiian" => Other,
            _ => [],
        };
        foreach (var (language, share) in shares)
        {
            draw -= share;
            if (draw < 0)
            {
                return language;
            }
        }

        return "english";
    }
}
