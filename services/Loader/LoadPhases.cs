using System.Runtime.CompilerServices;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Loader;

/// <summary>Takes the time of the parts of a load.</summary>
internal static class LoadPhases
{
    /// <summary>Hands on what another enumeration gives, and adds the time spent waiting for it to a phase.</summary>
    public static async IAsyncEnumerable<T> TimedAsync<T>(this IAsyncEnumerable<T> source, LoadTotals totals, string phase, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var items = source.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            var begin = time.GetTimestamp();
            var hasMore = await items.MoveNextAsync();
            totals.AddTime(phase, time.GetElapsedTime(begin));
            if (!hasMore)
            {
                yield break;
            }

            yield return items.Current;
        }
    }

    /// <summary>Does something, and adds the time that it takes to a phase, without what was added to another one meanwhile.</summary>
    public static async Task TimeAsync(LoadTotals totals, string phase, TimeProvider time, Func<Task> work, string? without = null)
    {
        var (begin, before) = (time.GetTimestamp(), without is null ? TimeSpan.Zero : totals.TimeIn(without));
        await work();
        totals.AddTime(phase, time.GetElapsedTime(begin) - ((without is null ? TimeSpan.Zero : totals.TimeIn(without)) - before));
    }

    /// <summary>The phases as counts of a run.</summary>
    public static IEnumerable<KeyValuePair<string, long>> Counts(LoadTotals totals) =>
        totals.Phases.Select(phase => KeyValuePair.Create(RunPhases.CountOf(phase.Key), (long)phase.Value.TotalMilliseconds));
}
