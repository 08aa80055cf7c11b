namespace FhirAspire.Simulation;

/// <summary>What to simulate.</summary>
public sealed record SimulationOptions
{
    /// <summary>Seed of the run.</summary>
    public ulong Seed { get; init; }

    /// <summary>State of the United States: full name or two letters.</summary>
    public string State { get; init; } = "Massachusetts";

    /// <summary>City of the state; null for all, by population.</summary>
    public string? City { get; init; }

    /// <summary><c>M</c> or <c>F</c>; null for both, by the city's shares.</summary>
    public string? Gender { get; init; }

    /// <summary>Least age at the end, years; null with <see cref="MaxAge"/> for the ages of the city's people.</summary>
    public int? MinAge { get; init; }

    /// <summary>Greatest age at the end, years.</summary>
    public int? MaxAge { get; init; }

    /// <summary>The instant at which the simulation ends; part of what makes a run the same again.</summary>
    public required DateTimeOffset AsOf { get; init; }

    /// <summary>Years before the end of which records are kept; 0 for all.</summary>
    public int YearsOfHistory { get; init; } = 10;

    /// <summary>Keys of top-level modules to run; null for all.</summary>
    public Func<string, bool>? Modules { get; init; }

    /// <summary>
    /// Whether a slot is filled until somebody in it is alive. Otherwise each slot holds one life, and there are fewer living patients than slots.
    /// </summary>
    public bool UntilAlive { get; init; } = true;

    /// <summary>Whether a person's own attributes and records are laid open unfiltered; for tests.</summary>
    internal bool KeepEverything { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="SimulationException">Some option makes no sense.</exception>
    public void Validate()
    {
        if (Gender is not (null or "M" or "F"))
        {
            throw new SimulationException("SIM040", "Gender", $"found '{Gender}'; expected M or F");
        }

        if (MinAge is < 0 or > 140 || MaxAge is < 0 or > 140 || (MinAge ?? 0) > (MaxAge ?? 140))
        {
            throw new SimulationException("SIM041", "Age", $"found {MinAge}-{MaxAge}; expected two ages from 0 to 140, the first at most the second");
        }

        if (YearsOfHistory < 0)
        {
            throw new SimulationException("SIM042", "YearsOfHistory", $"found {YearsOfHistory}; expected 0 (all) or more");
        }

        if (AsOf.Year is < 1900 or > 2200)
        {
            throw new SimulationException("SIM043", "AsOf", $"found {AsOf:O}; expected an instant between 1900 and 2200");
        }
    }
}
