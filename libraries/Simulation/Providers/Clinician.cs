using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Providers;

/// <summary>A clinician of a provider.</summary>
public sealed class Clinician
{
    internal Clinician(Provider provider, int number)
    {
        Provider = provider;
        Number = number;
        Id = StableId.Of("clinician", provider.Key);
        RoleId = StableId.Of("role", provider.Key);
    }

    /// <summary>Stable id.</summary>
    public Guid Id { get; }

    /// <summary>Stable id of the role at the provider.</summary>
    public Guid RoleId { get; }

    /// <summary>Where the clinician works.</summary>
    public Provider Provider { get; }

    /// <summary>Number in the directory, from 0.</summary>
    public int Number { get; }

    /// <summary>A national provider identifier that cannot be a real one: 9999 and six digits counted down from 999999.</summary>
    public string Npi => "9999" + (999_999 - (Number % 1_000_000)).ToString("000000", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>First name.</summary>
    public string FirstName { get; internal init; } = "";

    /// <summary>Last name.</summary>
    public string LastName { get; internal init; } = "";

    /// <summary>First and last name.</summary>
    public string FullName => FirstName + " " + LastName;

    /// <summary><c>M</c> or <c>F</c>.</summary>
    public string Gender { get; internal init; } = "F";

    /// <summary>Speciality as in the CSV, e.g. <c>GENERAL PRACTICE</c>.</summary>
    public string Speciality { get; internal init; } = "GENERAL PRACTICE";
}
