using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>A target of a profile: where and as whom to run.</summary>
internal sealed class DbtProfile
{
    public required string ProfileName { get; init; }

    public required string TargetName { get; init; }

    /// <summary>The target's entries, rendered.</summary>
    public required DbtMap Credentials { get; init; }

    public required int Threads { get; init; }

    public string Type => Credentials.GetString("type")!;

    public required string Schema { get; init; }

    public required string Database { get; init; }
}
