namespace FhirAspire.Simulation.Insurance;

/// <summary>What a rule of eligibility may ask about a person.</summary>
internal interface IEligibilityFacts
{
    int Age { get; }

    int AgeInMonths { get; }

    int YearlyIncome { get; }

    bool IsPregnant { get; }

    /// <summary>What is left of the yearly income after the care paid for in the running plan year, in dollars.</summary>
    double IncomeLeft { get; }

    bool HasActiveCondition(string code);

    bool HasAttribute(string name, string value);

    double NextDouble();
}

/// <summary>A rule of eligibility.</summary>
/// <param name="Test">The rule; it may draw chance from the person.</param>
internal sealed record Eligibility(Func<IEligibilityFacts, bool> Test)
{
    public static readonly Eligibility Anybody = new(_ => true);
}
