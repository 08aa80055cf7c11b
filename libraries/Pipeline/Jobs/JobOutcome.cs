namespace FhirAspire.Pipeline.Jobs;

/// <summary>What a run did: counts by name (<c>files</c>, <c>bytes</c>, <c>rows</c> ...), and a sentence for people.</summary>
public sealed record JobOutcome(IReadOnlyDictionary<string, long> Counts, string Summary)
{
    /// <summary>A run that found nothing to do.</summary>
    public static JobOutcome Nothing { get; } = new(new Dictionary<string, long>(), "nothing to do");

    /// <summary>Whether the run changed anything, so that what follows it has work.</summary>
    public bool DidWork => Counts.Values.Any(count => count > 0);

    /// <summary>Problems that did not stop the run, such as a file that could not be uploaded; the run then counts as failed after its retries.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
