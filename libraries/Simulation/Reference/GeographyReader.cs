using FhirAspire.Simulation.Files;

namespace FhirAspire.Simulation.Reference;

/// <summary>Reads <c>geography/</c>.</summary>
internal static class GeographyReader
{
    private static readonly string[] IncomeColumns = ["00..10", "10..15", "15..25", "25..35", "35..50", "50..75", "75..100", "100..150", "150..200", "200..999"];
    private static readonly string[] EducationColumns = ["LESS_THAN_HS", "HS_DEGREE", "SOME_COLLEGE", "BS_DEGREE"];
    private static readonly string[] RaceColumns = ["WHITE", "BLACK", "ASIAN", "NATIVE"];

    public static Atlas Read(IFileSource files, string state, string abbreviation, string? city)
    {
        var places = new List<Place>();
        var stateFips = CountyFips(files, abbreviation, out var countyNumbers);
        using (var table = CsvTable.Open(files, "geography/demographics.csv"))
        {
            var stateColumn = table.Column("STNAME");
            var marker = "," + state + ",";
            while (table.ReadContaining(marker))
            {
                if (table[stateColumn] == state)
                {
                    places.Add(ReadPlace(table, stateFips, countyNumbers));
                }
            }
        }

        AddZips(files, state, places);
        return new Atlas(state, places, city, files.Name);
    }

    public static Dictionary<string, CountyNeeds> ReadNeeds(IFileSource files, string abbreviation)
    {
        var needs = new Dictionary<string, CountyNeeds>(StringComparer.Ordinal);
        using var table = CsvTable.Open(files, "geography/sdoh.csv");
        while (table.ReadContaining("," + abbreviation + ","))
        {
            if (table["ST"] == abbreviation)
            {
                needs[table["FIPS_CODE"].PadLeft(5, '0')] = new CountyNeeds(
                    table.NumberOr("FOOD_INSECURITY", CountyNeeds.UnitedStates.FoodInsecurity),
                    table.NumberOr("SEVERE_HOUSING_COST_BURDEN", CountyNeeds.UnitedStates.HousingCostBurden),
                    table.NumberOr("UNEMPLOYED", CountyNeeds.UnitedStates.Unemployed),
                    table.NumberOr("NO_VEHICLE_ACCESS", CountyNeeds.UnitedStates.NoVehicle),
                    table.NumberOr("UNINSURED", CountyNeeds.UnitedStates.Uninsured));
            }
        }

        return needs;
    }

    /// <summary>The state's two digits and its counties' five, by upper case name, from the needs table.</summary>
    private static string CountyFips(IFileSource files, string abbreviation, out Dictionary<string, string> counties)
    {
        counties = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var state = "";
        using var table = CsvTable.Open(files, "geography/sdoh.csv");
        while (table.ReadContaining("," + abbreviation + ","))
        {
            if (table["ST"] == abbreviation)
            {
                var fips = table["FIPS_CODE"].PadLeft(5, '0');
                counties[table["COUNTY"]] = fips;
                state = fips[..2];
            }
        }

        return state;
    }

    private static Place ReadPlace(CsvTable table, string stateFips, Dictionary<string, string> counties)
    {
        var races = new double[Place.Races.Length];
        var total = table.NumberOr("OTHER", 0);
        for (var i = 0; i < RaceColumns.Length; i++)
        {
            races[i] = table.NumberOr(RaceColumns[i], 0);
            total += races[i];
        }

        // What is left belongs to Pacific islanders and to no or several races, half and half.
        var rest = Math.Max(0, 1 - total);
        races[4] = rest / 2;
        races[5] = total < 1 ? rest / 2 : 0;
        var county = table["CTYNAME"];
        return new Place
        {
            Name = table["NAME"],
            County = county,
            CountyFips = counties.TryGetValue(county, out var fips) ? fips : stateFips + table["COUNTY"].PadLeft(3, '0'),
            Population = table.NumberOr("POPESTIMATE2015", 0),
            MaleShare = table.NumberOr("TOT_MALE", 0.5),
            FemaleShare = table.NumberOr("TOT_FEMALE", 0.5),
            HispanicShare = table.NumberOr("HISPANIC", 0),
            RaceShares = races,
            AgeShares = [.. Enumerable.Range(1, 18).Select(i => table.NumberOr(i.ToString(), 0))],
            IncomeShares = [.. IncomeColumns.Select(c => table.NumberOr(c, 0.01))],
            EducationShares = [.. EducationColumns.Select(c => table.NumberOr(c, 0.01))],
        };
    }

    private static void AddZips(IFileSource files, string state, List<Place> places)
    {
        var byCity = new Dictionary<string, List<(string Zip, double Latitude, double Longitude)>>(StringComparer.Ordinal);
        using var table = CsvTable.Open(files, "geography/zipcodes.csv");
        while (table.ReadContaining("," + state + ","))
        {
            if (table["USPS"] != state)
            {
                continue;
            }

            var name = table["NAME"];
            if (!byCity.TryGetValue(name, out var list))
            {
                byCity[name] = list = [];
            }

            list.Add((table["ZCTA5"] is { Length: > 0 } zip ? zip.PadLeft(5, '0') : "", table.Number("LAT"), table.Number("LON")));
        }

        var centre = byCity.Values.SelectMany(z => z).ToList();
        foreach (var place in places)
        {
            if (byCity.TryGetValue(place.Name, out var zips))
            {
                place.Zips = [.. zips];
                place.Latitude = zips[0].Latitude;
                place.Longitude = zips[0].Longitude;
            }
            else if (centre.Count > 0)
            {
                place.Latitude = centre.Average(z => z.Latitude);
                place.Longitude = centre.Average(z => z.Longitude);
            }
        }
    }
}
