namespace FhirAspire.Simulation.Reference;

/// <summary>Rates of social needs in a county, 0 to 1.</summary>
internal sealed record CountyNeeds(double FoodInsecurity, double HousingCostBurden, double Unemployed, double NoVehicle, double Uninsured)
{
    /// <summary>Where the county is not known: about the rates of the United States (County Health Rankings 2022).</summary>
    public static readonly CountyNeeds UnitedStates = new(0.12, 0.14, 0.05, 0.08, 0.10);
}
