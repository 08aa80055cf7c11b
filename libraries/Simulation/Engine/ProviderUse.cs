namespace FhirAspire.Simulation.Engine;

/// <summary>How much of a provider one life has used; summed over a run outside of the engine.</summary>
public sealed class ProviderUse
{
    internal ProviderUse(int provider) => Provider = provider;

    /// <summary>Number of the provider in its directory.</summary>
    public int Provider { get; }

    /// <summary>Encounters.</summary>
    public int Encounters { get; internal set; }

    /// <summary>Procedures.</summary>
    public int Procedures { get; internal set; }

    /// <summary>Reports.</summary>
    public int Labs { get; internal set; }

    /// <summary>Prescriptions.</summary>
    public int Prescriptions { get; internal set; }
}
