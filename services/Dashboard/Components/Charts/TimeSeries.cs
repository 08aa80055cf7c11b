namespace FhirAspire.Dashboard.Components.Charts;

/// <summary>A line over time.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Colour">The number of its colour: the same thing has the same one on all pages.</param>
/// <param name="Points">Its points, oldest first; a null is a gap.</param>
public sealed record TimeSeries(string Name, int Colour, IReadOnlyList<(DateTime At, double? Value)> Points)
{
    /// <summary>Points that stand out, each with the reason.</summary>
    public IReadOnlyList<(DateTime At, double Value, string Why)> Marks { get; init; } = [];
}
