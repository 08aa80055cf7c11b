using FhirAspire.Simulation.Random;

namespace FhirAspire.Simulation.Modules;

/// <summary>Kinds of distributions, spelled as in module files.</summary>
internal enum DistributionKind
{
    Exact,
    Uniform,
    Gaussian,
    Exponential,
    Triangular,
}

/// <summary>A source of numbers of a state.</summary>
/// <param name="Kind">Kind.</param>
/// <param name="A">Value, low, mean, mean or minimum.</param>
/// <param name="B">High, standard deviation or mode.</param>
/// <param name="C">Maximum of a triangular one.</param>
internal sealed record Distribution(DistributionKind Kind, double A, double B = 0, double C = 0)
{
    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public bool Round { get; init; }

    public double Draw(SimRandom random)
    {
        var value = Kind switch
        {
            DistributionKind.Uniform => random.Uniform(A, B),
            DistributionKind.Gaussian => Clamp(A + (B * random.NextNormal())),
            // One more than an exponential draw: what Synthea gives (modules.md 3.2).
            DistributionKind.Exponential => 1 + random.NextExponential(A),
            DistributionKind.Triangular => Triangular(random.NextDouble()),
            _ => A,
        };
        return Round ? Math.Floor(value + 0.5) : value;
    }

    private double Clamp(double value)
    {
        if (Minimum is { } minimum && value < minimum)
        {
            return minimum;
        }

        return Maximum is { } maximum && value > maximum ? maximum : value;
    }

    private double Triangular(double draw)
    {
        var width = C - A;
        if (width <= 0)
        {
            return A;
        }

        var split = (B - A) / width;
        return draw < split
            ? A + Math.Sqrt(draw * width * (B - A))
            : C - Math.Sqrt((1 - draw) * width * (C - B));
    }
}
