using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

/// <summary>
/// Which profiles of US Core 5.0.1 an observation claims. Source: the "fixed code" and "category" of each profile's page at
/// http://hl7.org/fhir/us/core/STU5.0.1/profiles-and-extensions.html, and the value set of screening questions that the SDOH
/// assessment profile names.
/// </summary>
internal static class UsCoreProfiles
{
    public const string Base = "http://hl7.org/fhir/us/core/StructureDefinition/";

    private static readonly Dictionary<string, string> ByCode = new(StringComparer.Ordinal)
    {
        ["59576-9"] = "pediatric-bmi-for-age",
        ["77606-2"] = "pediatric-weight-for-height",
        ["8289-1"] = "head-occipital-frontal-circumference-percentile",
        ["72166-2"] = "us-core-smokingstatus",
        ["2708-6"] = "us-core-pulse-oximetry",
        ["59408-5"] = "us-core-pulse-oximetry",
        ["9279-1"] = "us-core-respiratory-rate",
        ["8867-4"] = "us-core-heart-rate",
        ["8310-5"] = "us-core-body-temperature",
        ["8302-2"] = "us-core-body-height",
        ["9843-4"] = "us-core-head-circumference",
        ["29463-7"] = "us-core-body-weight",
        ["39156-5"] = "us-core-bmi",
        ["85354-9"] = "us-core-blood-pressure",
    };

    // PRAPARE, AHC-HRSN, HARK, intimate partner violence, food, housing and income questions.
    private static readonly HashSet<string> SocialNeeds = new(
        ("28245-9 32624-9 44250-9 44255-8 54899-0 56051-6 56799-0 63512-8 63513-6 63586-2 67875-5 68516-4 68517-2 68524-8 69858-9 69861-3 "
        + "71802-3 71958-3 71975-7 72098-7 76437-3 76499-3 76501-6 76504-0 76513-1 76690-7 81375-8 82589-3 88121-9 88122-7 88123-5 88124-3 "
        + "89555-7 93025-5 93026-3 93027-1 93028-9 93029-7 93030-5 93031-3 93033-9 93034-7 93035-4 93038-8 93159-2 93677-3 95530-2 95618-5 "
        + "96779-4 96780-2 96781-0 96782-8 96842-0 97023-6 97027-7").Split(' '),
        StringComparer.Ordinal);

    /// <summary>Names of the profiles below <see cref="Base"/>: at most one by code, then at most one by category.</summary>
    public static (string? ByCode, string? ByCategory) Of(Observation observation)
    {
        string? byCode = null;
        for (var i = 0; i < observation.Codes.Count; i++)
        {
            var profile = OfCode(observation.Codes[i]);
            if (i > 0 && profile != byCode)
            {
                // Codes of different profiles: none of them describes the whole.
                byCode = null;
                break;
            }

            byCode = profile;
        }

        var byCategory = observation.Category switch
        {
            "laboratory" => observation.Report is null ? null : "us-core-observation-lab",
            "survey" => "us-core-observation-survey",
            "social-history" => "us-core-observation-social-history",
            "exam" => "us-core-observation-clinical-test",
            _ => null,
        };
        return (byCode, byCategory);
    }

    private static string? OfCode(Code code)
        => code.System != CodeSystems.Loinc ? null
        : ByCode.TryGetValue(code.Value, out var profile) ? profile
        : SocialNeeds.Contains(code.Value) ? "us-core-observation-sdoh-assessment"
        : null;
}
