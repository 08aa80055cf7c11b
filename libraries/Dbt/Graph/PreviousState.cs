using FhirAspire.Dbt.Parse;

namespace FhirAspire.Dbt.Graph;

/// <summary>An earlier manifest and what its run gave, read from a folder of artifacts.</summary>
internal sealed class PreviousState
{
    /// <summary>The manifest of the folder; null when there is none.</summary>
    public Manifest? Manifest { get; init; }

    /// <summary>Status of each node of <c>run_results.json</c>; null when there is none.</summary>
    public IReadOnlyDictionary<string, string>? Results { get; init; }

    /// <summary>When each source was last loaded, by <c>sources.json</c> of the folder; null without the file. No time where the check failed.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset?>? Sources { get; init; }

    /// <summary>The same, of the current target folder.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset?>? CurrentSources { get; init; }
}
