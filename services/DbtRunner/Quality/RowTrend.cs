namespace FhirAspire.DbtRunner.Quality;

/// <summary>Whether a table's number of rows goes on as it did.</summary>
internal static class RowTrend
{
    /// <summary>Runs before which nothing is known of how a table grows.</summary>
    public const int FewRuns = 5;

    // Growth of loads is anything but normal, so it is compared with the median of its distances, which one large load does not move.
    private const double ManyDeviations = 10;
    private const double LargeShare = 0.5;

    /// <summary>Says what is strange; null where nothing is.</summary>
    /// <param name="earlier">Rows after earlier runs, oldest first.</param>
    /// <param name="now">Rows now.</param>
    /// <param name="dropShare">The share that may go.</param>
    public static string? Find(IReadOnlyList<double> earlier, double now, double dropShare)
    {
        if (earlier.Count == 0)
        {
            return null;
        }

        var last = earlier[^1];
        if (now < last * (1 - dropShare))
        {
            return FormattableString.Invariant($"{now:N0} rows, {last:N0} after the run before: {(last - now) / last:P0} are gone");
        }

        var growths = earlier.Zip(earlier.Skip(1), (a, b) => b - a).ToList();
        if (growths.Count < FewRuns)
        {
            return null;
        }

        var usual = Median(growths);
        var deviation = Median([.. growths.Select(growth => Math.Abs(growth - usual))]);
        var growth = now - last;
        return growth > usual + (ManyDeviations * Math.Max(deviation, 1)) && growth > last * LargeShare
            ? FormattableString.Invariant($"{growth:N0} new rows where {usual:N0} are usual")
            : null;
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
