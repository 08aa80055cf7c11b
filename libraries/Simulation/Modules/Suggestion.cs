namespace FhirAspire.Simulation.Modules;

/// <summary>Finds the name that somebody may have meant.</summary>
internal static class Suggestion
{
    public static string? For(string found, IEnumerable<string> known)
    {
        string? best = null;
        var bestDistance = Math.Max(2, found.Length / 3) + 1;
        foreach (var candidate in known)
        {
            var distance = Distance(found, candidate, bestDistance);
            if (distance < bestDistance)
            {
                bestDistance = distance;
                best = candidate;
            }
        }

        return best is null ? null : $"did you mean '{best}'?";
    }

    /// <summary>Levenshtein distance without regard to case, or the limit when it is not below it.</summary>
    private static int Distance(string a, string b, int limit)
    {
        if (Math.Abs(a.Length - b.Length) >= limit)
        {
            return limit;
        }

        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]);
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + (same ? 0 : 1));
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
