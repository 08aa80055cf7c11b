using System.Globalization;
using System.Text.Json;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Immunizations;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Reference;

/// <summary>Reads what is known about the COVID-19 vaccination campaign.</summary>
internal static class CovidReader
{
    private static readonly long FirstDayForTwelve = SimTime.Of(2021, 5, 11);

    public static CovidData Read(IFileSource files, CodeTable codes, string? doseRates)
    {
        Code Vaccine(string cvx, string display) => codes.Intern(CodeSystems.Cvx, cvx, display);
        return new CovidData(ReadGroups(files, doseRates ?? files.ReadText("covid19/covid_dose_rates.csv")),
        [
            // CVX codes of the CDC; shares of people by brand on 2021-06-23, from doses by manufacturer (Our World in Data).
            ([Vaccine("208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose")], 0.531, 21),
            ([Vaccine("207", "COVID-19, mRNA, LNP-S, PF, 100 mcg/0.5mL dose or 50 mcg/0.25mL dose")], 0.398, 28),
            ([Vaccine("212", "COVID-19 vaccine, vector-nr, rS-Ad26, PF, 0.5 mL")], 0.071, 0),
        ]);
    }

    private static List<CovidAgeGroup> ReadGroups(IFileSource files, string? doseRates)
    {
        using var document = JsonDocument.Parse(files.ReadText("covid19/covid_first_shot_percentage_by_age.json")
            ?? throw new SimulationException("SIM004", "covid19/covid_first_shot_percentage_by_age.json", $"the file is missing in {files.Name}"));
        var groups = new List<CovidAgeGroup>();
        foreach (var entry in document.RootElement.EnumerateObject())
        {
            var ages = entry.Name.Replace("Ages_", "", StringComparison.Ordinal).Replace("_yrs", "", StringComparison.Ordinal);
            var (low, high) = ages.EndsWith('+') ? (ages[..^1], "999") : (ages.Split('-')[0], ages.Split('-')[1]);
            var share = double.Parse(entry.Value.GetString()!, CultureInfo.InvariantCulture) / 100;
            var minAge = int.Parse(low, CultureInfo.InvariantCulture);
            var (days, doses) = doseRates is null ? Smooth(minAge) : ReadDoses(doseRates, entry.Name, minAge);
            groups.Add(new CovidAgeGroup(minAge, int.Parse(high, CultureInfo.InvariantCulture), share, days, doses));
        }

        return groups;
    }

    private static (long[] Days, double[] Cumulative) ReadDoses(string text, string column, int minAge)
    {
        using var table = CsvTable.Parse(text, "covid_dose_rates.csv");
        var days = new List<long>();
        var cumulative = new List<double>();
        var sum = 0.0;
        while (table.Read())
        {
            var date = DateTime.ParseExact(table["date"], "M/d/yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
            var day = new DateTimeOffset(date).ToUnixTimeMilliseconds();
            if (minAge < 16 && day < FirstDayForTwelve)
            {
                continue;
            }

            sum += table.Number(column);
            days.Add(day + (12 * SimTime.Hour));
            cumulative.Add(sum);
        }

        return ([.. days], [.. cumulative]);
    }

    /// <summary>Without figures by day: a bell over 100 days, the earlier the older (CDC COVID Data Tracker, vaccinations by age, first half of 2021).</summary>
    private static (long[] Days, double[] Cumulative) Smooth(int minAge)
    {
        var peak = SimTime.Of(2021, 1, 1, 12) + ((minAge >= 75 ? 40 : minAge >= 65 ? 60 : minAge >= 50 ? 90 : minAge >= 16 ? 105 : 150) * SimTime.Day);
        var days = new long[100];
        var cumulative = new double[100];
        var sum = 0.0;
        for (var i = 0; i < 100; i++)
        {
            var x = (i - 50) / 20.0;
            sum += Math.Exp(-x * x / 2);
            days[i] = peak + ((i - 50) * SimTime.Day);
            cumulative[i] = sum;
        }

        return (days, cumulative);
    }
}
