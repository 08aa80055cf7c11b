using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation;

/// <summary>A patient whose life has been simulated: living, or dead before the end of the simulation.</summary>
public sealed class SimulatedPatient
{
    private readonly Dictionary<string, AttributeValue> attributes;

    internal SimulatedPatient(
        PatientKey key, Person person, HealthRecord health, IReadOnlyList<PlanYear> coverage, IReadOnlyList<ProviderUse> providerUses,
        Dictionary<string, AttributeValue> attributes, Money expenses, Money covered, long asOf)
    {
        Key = key;
        Person = person;
        Record = health;
        Coverage = coverage;
        ProviderUses = providerUses;
        this.attributes = attributes;
        HealthcareExpenses = expenses;
        HealthcareCoverage = covered;
        AsOf = asOf;
    }

    /// <summary>Seed, slot and attempt.</summary>
    public PatientKey Key { get; }

    /// <summary>The patient's id.</summary>
    public Guid Id => Key.Id(0);

    /// <summary>Who the patient is.</summary>
    public Person Person { get; }

    /// <summary>The health record, cut to the years of history (modules.md 10).</summary>
    public HealthRecord Record { get; }

    /// <summary>Years of insurance that reach into the years of history.</summary>
    public IReadOnlyList<PlanYear> Coverage { get; }

    /// <summary>What the whole life has used of each provider.</summary>
    public IReadOnlyList<ProviderUse> ProviderUses { get; }

    /// <summary>What the patient has paid for care and premiums, over the whole life.</summary>
    public Money HealthcareExpenses { get; }

    /// <summary>What plans have paid, over the whole life.</summary>
    public Money HealthcareCoverage { get; }

    /// <summary>The end of the simulation.</summary>
    public long AsOf { get; }

    /// <summary>An attribute at the end of the simulation, e.g. <c>smoker</c>, <c>income</c>, <c>food_insecurity</c>; none when it is not set.</summary>
    public AttributeValue Attribute(string name) => attributes.GetValueOrDefault(name);

    /// <inheritdoc/>
    public override string ToString() => $"{Person.FullName} ({Key.Index}/{Key.Attempt})";
}
