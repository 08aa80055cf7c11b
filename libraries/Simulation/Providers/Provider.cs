using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Providers;

/// <summary>Who a provider is for.</summary>
public enum ProviderKind
{
    /// <summary>Everybody.</summary>
    General,

    /// <summary>Veterans.</summary>
    Veterans,

    /// <summary>Native Americans.</summary>
    IndianHealth,
}

/// <summary>An organization that offers care, with its one clinician for each speciality.</summary>
public sealed class Provider
{
    internal Provider(string key, string name)
    {
        Key = key;
        Name = name;
        Id = StableId.Of("provider", key);
        LocationId = StableId.Of("location", key);
    }

    /// <summary>Stable id of the organization.</summary>
    public Guid Id { get; }

    /// <summary>Stable id of its location.</summary>
    public Guid LocationId { get; }

    /// <summary>The key in the reference data: file kind and provider number.</summary>
    public string Key { get; }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Street.</summary>
    public string Address { get; internal init; } = "";

    /// <summary>City.</summary>
    public string City { get; internal init; } = "";

    /// <summary>State, two letters.</summary>
    public string State { get; internal init; } = "";

    /// <summary>Postcode.</summary>
    public string Zip { get; internal init; } = "";

    /// <summary>Telephone.</summary>
    public string Phone { get; internal init; } = "";

    /// <summary>Degrees north.</summary>
    public double Latitude { get; internal init; }

    /// <summary>Degrees east.</summary>
    public double Longitude { get; internal init; }

    /// <summary>Who it is for.</summary>
    public ProviderKind Kind { get; internal init; }

    /// <summary>What it offers.</summary>
    public IReadOnlySet<EncounterClass> Classes { get; internal init; } = new HashSet<EncounterClass>();

    /// <summary>Number of beds; 0 where it is unknown or there are none.</summary>
    public int Beds { get; internal init; }

    /// <summary>Number of the provider in its directory, from 0; index of the run's utilization counts.</summary>
    public int Number { get; internal set; }

    /// <summary>The clinician who sees its patients.</summary>
    public Clinician Clinician { get; internal set; } = null!;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
