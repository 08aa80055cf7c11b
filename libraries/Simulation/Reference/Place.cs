namespace FhirAspire.Simulation.Reference;

/// <summary>A city with its population.</summary>
internal sealed class Place
{
    public static readonly string[] Races = ["white", "black", "asian", "native", "hawaiian", "other"];
    public static readonly string[] Educations = ["less_than_hs", "hs_degree", "some_college", "bs_degree"];

    /// <summary>Lower and upper ends of the income bands, thousands of dollars.</summary>
    public static readonly (int Low, int High)[] Incomes = [(0, 10), (10, 15), (15, 25), (25, 35), (35, 50), (50, 75), (75, 100), (100, 150), (150, 200), (200, 999)];

    public required string Name { get; init; }

    public required string County { get; init; }

    public required string CountyFips { get; init; }

    public required double Population { get; init; }

    public required double MaleShare { get; init; }

    public required double FemaleShare { get; init; }

    public required double HispanicShare { get; init; }

    /// <summary>In the order of <see cref="Races"/>.</summary>
    public required double[] RaceShares { get; init; }

    /// <summary>0-4, 5-9, ..., 80-84, 85-110.</summary>
    public required double[] AgeShares { get; init; }

    /// <summary>In the order of <see cref="Incomes"/>.</summary>
    public required double[] IncomeShares { get; init; }

    /// <summary>In the order of <see cref="Educations"/>.</summary>
    public required double[] EducationShares { get; init; }

    /// <summary>Postcodes with their points; empty if unknown.</summary>
    public (string Zip, double Latitude, double Longitude)[] Zips { get; set; } = [];

    public double Latitude { get; set; }

    public double Longitude { get; set; }
}
