using FhirAspire.Simulation.Random;

namespace FhirAspire.Simulation.Modules;

/// <summary>A number of a state: <c>exact</c>, <c>range</c> or <c>distribution</c>.</summary>
internal sealed class NumberSource
{
    private readonly Distribution distribution;
    private readonly bool isNewForm;
    private readonly double scale;

    private NumberSource(Distribution distribution, bool isNewForm, int? decimals)
    {
        this.distribution = distribution;
        this.isNewForm = isNewForm;
        scale = decimals is { } d ? Math.Pow(10, d) : 0;
    }

    /// <summary>Whether the number never varies.</summary>
    public bool IsExact => distribution.Kind == DistributionKind.Exact;

    public static NumberSource Exact(double value) => new(new Distribution(DistributionKind.Exact, value), false, null);

    public static NumberSource Range(double low, double high, int? decimals) => new(new Distribution(DistributionKind.Uniform, low, high), false, decimals);

    public static NumberSource Of(Distribution distribution) => new(distribution, true, null);

    public double Draw(SimRandom random)
    {
        var value = distribution.Draw(random);
        return scale > 0 ? Math.Floor((value * scale) + 0.5) / scale : value;
    }

    /// <summary>As a length of time: a distribution's draw is cut to a whole number first, <c>exact</c> and <c>range</c> keep the fraction.</summary>
    public long DrawDuration(SimRandom random, TimeUnit unit)
    {
        var value = Draw(random);
        return isNewForm ? TimeUnits.WholeToMilliseconds(unit, (long)value) : TimeUnits.ToMilliseconds(unit, value);
    }
}
