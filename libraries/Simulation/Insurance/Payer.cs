using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Insurance;

/// <summary>Who pays: an insurance company, a government programme, or nobody.</summary>
public sealed class Payer
{
    /// <summary>Name of the payer that stands for no insurance.</summary>
    public const string NoInsuranceName = "NO_INSURANCE";

    internal Payer(string key, string name, string ownership)
    {
        Key = key;
        Name = name;
        Ownership = ownership;
        Id = StableId.Of("payer", key + name);
    }

    /// <summary>Stable id.</summary>
    public Guid Id { get; }

    /// <summary>The key in the reference data.</summary>
    public string Key { get; }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary><c>GOVERNMENT</c>, <c>PRIVATE</c> or <c>NO_INSURANCE</c>.</summary>
    public string Ownership { get; }

    /// <summary>Street; empty if unknown, as the rest of the address.</summary>
    public string Address { get; internal init; } = "";

    /// <summary>City.</summary>
    public string City { get; internal init; } = "";

    /// <summary>State of the head office, two letters.</summary>
    public string State { get; internal init; } = "";

    /// <summary>Postcode.</summary>
    public string Zip { get; internal init; } = "";

    /// <summary>Telephone.</summary>
    public string Phone { get; internal init; } = "";

    /// <summary>Whether it is a government programme.</summary>
    public bool IsGovernment => Ownership == "GOVERNMENT";

    /// <summary>Whether it stands for no insurance.</summary>
    public bool IsNone => Ownership == NoInsuranceName;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
