using FhirAspire.Simulation.Random;

namespace FhirAspire.Simulation.Reference;

/// <summary>The places of a state.</summary>
internal sealed class Atlas
{
    private readonly Place[] places;
    private readonly double[] cumulative;

    public Atlas(string state, IReadOnlyList<Place> found, string? city, string source)
    {
        places = city is null ? [.. found] : [.. found.Where(p => p.Name.Equals(city, StringComparison.OrdinalIgnoreCase))];
        if (places.Length == 0)
        {
            throw city is null
                ? new SimulationException("SIM030", $"state '{state}'", $"{source} knows no place of this state; expected the full name or the two letters of a state of the United States")
                : new SimulationException("SIM031", $"city '{city}'", $"{source} knows no such city in {state}{(Modules.Suggestion.For(city, found.Select(p => p.Name)) is { } hint ? "; " + hint : "")}");
        }

        cumulative = new double[places.Length];
        var sum = 0.0;
        for (var i = 0; i < places.Length; i++)
        {
            cumulative[i] = sum += places[i].Population;
        }
    }

    /// <summary>A place by population.</summary>
    public Place Pick(SimRandom random)
    {
        var draw = random.NextDouble() * cumulative[^1];
        var index = Array.BinarySearch(cumulative, draw);
        return places[Math.Clamp(index < 0 ? ~index : index, 0, places.Length - 1)];
    }
}
