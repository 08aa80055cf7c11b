namespace FhirAspire.Pipeline.Runs;

/// <summary>The parts of a load, and the names under which a run keeps the time of each among its counts.</summary>
public static class RunPhases
{
    private const string Prefix = "milliseconds.";

    /// <summary>Listing the bucket and comparing it with what is loaded.</summary>
    public const string Listing = "listing";

    /// <summary>Waiting for objects that are fetched and checked.</summary>
    public const string Reading = "reading";

    /// <summary>Writing rows into the warehouse.</summary>
    public const string Writing = "writing";

    /// <summary>Committing what was written.</summary>
    public const string Committing = "committing";

    /// <summary>The parts in their order.</summary>
    public static IReadOnlyList<string> OfLoad { get; } = [Listing, Reading, Writing, Committing];

    /// <summary>The count of a part's milliseconds.</summary>
    public static string CountOf(string phase) => Prefix + phase;
}
