using System.Collections.Concurrent;
using System.Threading.Channels;
using FhirAspire.Fhir;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Loader;

/// <summary>
/// Loads a batch of objects in one transaction: they are read and checked in parallel, and written by one appender. An object that cannot be fetched is a
/// problem of its own: the others are loaded, it is tried again by the next attempt.
/// </summary>
internal sealed class BatchLoader(
    ObjectBucket bucket, IWarehouseSession session, LoadIdentity identity, LoaderOptions options, int parallelism, TimeProvider time, ILogger logger, LoadTotals totals, IProgress<JobProgress> progress)
{
    // So many objects in a row that cannot be fetched are not a fault of these objects.
    private const int MostProblems = 10;

    // A later holder of the lease has written: no second try.
    private const string FenceLost = "WH3001";

    private readonly ObjectFetcher fetcher = new(bucket, options, session.Warehouse.Dialect.MaxDocumentBytes, time, logger);

    /// <summary>Loads objects; what cannot be fetched is added to the totals' problems.</summary>
    public async Task LoadAsync(IReadOnlyList<NewObject> items, CancellationToken cancellationToken)
    {
        var problems = 0;
        var rest = items.ToList();
        var replacing = false;
        while (rest.Count > 0)
        {
            IReadOnlyCollection<KeyValuePair<string, Exception?>> failed;
            try
            {
                failed = await TryAsync(rest, replacing, cancellationToken);
            }
            catch (WarehouseException exception) when (!replacing && !exception.IsTransient && exception.Code != FenceLost && rest.Any(item => FhirFileNames.IsPack(item.Object.Key)))
            {
                // A file of a pack is there already: its row is replaced, which needs a look into the pack beforehand.
                LoaderLog.PackedAgain(logger, exception);
                replacing = true;
                continue;
            }

            if (failed.Count == 0)
            {
                return;
            }

            // The transaction was given up: rows of these had reached the appender, or what was loaded of them before was removed. Without them it goes again.
            foreach (var (key, failure) in failed)
            {
                if (failure is not null)
                {
                    AddProblem(key, failure, ref problems);
                }

                rest.RemoveAll(item => item.Object.Key == key);
            }
        }
    }

    private async Task<IReadOnlyCollection<KeyValuePair<string, Exception?>>> TryAsync(List<NewObject> items, bool isReplacing, CancellationToken cancellationToken)
    {
        var worse = await FindWorseAsync(items, cancellationToken);
        await using var batch = await RawBatch.BeginAsync(session, identity, time.GetUtcNow(), cancellationToken);
        foreach (var item in items.Where(item => item.IsKnown))
        {
            await batch.ReplaceAsync(item.Object.Key, keepRows: worse.ContainsKey(item.Object.Key), cancellationToken);
        }

        if (isReplacing)
        {
            await batch.RemoveRowsAsync(await PackedKeysAsync(items, cancellationToken), cancellationToken);
        }

        // The appender takes a row at a time, so a few rows ahead are enough; their documents are the memory of a load.
        var channel = Channel.CreateBounded<LoadedRow>(new BoundedChannelOptions(parallelism * 2) { SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var done = new List<LoadedObject>(worse.Values);
        var unfetched = new ConcurrentDictionary<string, Exception?>(StringComparer.Ordinal);
        var partly = new ConcurrentDictionary<string, Exception?>(StringComparer.Ordinal);
        var packed = new HashSet<string>(StringComparer.Ordinal);
        var reading = ReadAllAsync();
        try
        {
            await LoadPhases.TimeAsync(totals, RunPhases.Writing, time, () => batch.AddRowsAsync(Rows().TimedAsync(totals, RunPhases.Reading, time), stop.Token), without: RunPhases.Reading);
        }
        catch (Exception)
        {
            await stop.CancelAsync();
            try
            {
                // Of two failures the reader's is the cause; the appender then only hears of it.
                await reading;
            }
            catch (OperationCanceledException)
            {
                // Stopped here, because the warehouse failed.
            }

            throw;
        }

        await reading;
        if (!partly.IsEmpty)
        {
            return [.. partly];
        }

        if (packed.Count > 0 && await batch.HasTwiceAsync(packed, cancellationToken))
        {
            throw new WarehouseException("WH2001", "a file of a pack is loaded already", isTransient: false);
        }

        foreach (var loaded in done)
        {
            batch.Complete(loaded.Object, ObjectKeys.PrefixOf(loaded.Object.Key), loaded.Rows, loaded.Errors);
        }

        // An object that was not read keeps what was loaded of it before, so its replacement must not be committed.
        if (items.Any(item => item.IsKnown && unfetched.ContainsKey(item.Object.Key)))
        {
            return [.. unfetched];
        }

        await LoadPhases.TimeAsync(totals, RunPhases.Committing, time, () => batch.CommitAsync(cancellationToken));
        Told(done, unfetched);
        return [];

        async Task ReadAllAsync()
        {
            try
            {
                await Parallel.ForEachAsync(items.Where(item => !worse.ContainsKey(item.Object.Key)), new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = stop.Token }, async (item, token) =>
                {
                    var loaded = new LoadedObject(item.Object);
                    try
                    {
                        if (await fetcher.ReadAsync(loaded, row => channel.Writer.WriteAsync(row, token), token))
                        {
                            Add(loaded);
                        }
                        else if (item.IsKnown)
                        {
                            unfetched[item.Object.Key] = null;
                        }
                    }
                    catch (Exception exception) when (exception is not (OperationCanceledException or ChannelClosedException) || exception is TaskCanceledException { InnerException: TimeoutException })
                    {
                        (loaded.Rows > 0 ? partly : unfetched)[item.Object.Key] = exception;
                        if (unfetched.Count + partly.Count >= MostProblems)
                        {
                            throw;
                        }
                    }
                });
                channel.Writer.Complete();
            }
            catch (Exception exception)
            {
                channel.Writer.Complete(exception);
                throw;
            }
        }

        void Add(LoadedObject loaded)
        {
            lock (done)
            {
                done.Add(loaded);
                progress.Report(new JobProgress(totals.Files + done.Count, null, "files", totals.Bytes + done.Sum(item => item.Object.Size)));
            }
        }

        async IAsyncEnumerable<(RawObject Object, RawRow Row)> Rows()
        {
            await foreach (var loaded in channel.Reader.ReadAllAsync(CancellationToken.None))
            {
                // Of a file that a pack names twice the first is kept.
                if (loaded.Row.ETag is null || packed.Add(loaded.Row.FileKey))
                {
                    yield return (loaded.Object, loaded.Row);
                }

                // The appender has copied the document when it asks for the next.
                loaded.Dispose();
            }
        }
    }

    /// <summary>
    /// Of objects that were loaded before, those whose new content holds nothing that can be loaded: their rows stay, since a broken file must not take away
    /// good data. These few objects are read twice.
    /// </summary>
    private async Task<IReadOnlyDictionary<string, LoadedObject>> FindWorseAsync(List<NewObject> items, CancellationToken cancellationToken)
    {
        var worse = new ConcurrentDictionary<string, LoadedObject>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(items.Where(item => item.IsKnown), new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken }, async (item, token) =>
        {
            var loaded = new LoadedObject(item.Object);
            try
            {
                var found = await fetcher.ReadAsync(loaded, row =>
                {
                    row.Dispose();
                    return ValueTask.CompletedTask;
                }, token);
                if (found && loaded.Rows == 0 && loaded.Errors.Count > 0)
                {
                    worse[item.Object.Key] = loaded;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The load itself meets the same, and tells of it.
            }
        });
        return worse;
    }

    private async Task<IReadOnlyCollection<string>> PackedKeysAsync(List<NewObject> items, CancellationToken cancellationToken)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items.Where(item => FhirFileNames.IsPack(item.Object.Key)))
        {
            await fetcher.ReadAsync(new LoadedObject(item.Object), row =>
            {
                keys.Add(row.Row.FileKey);
                row.Dispose();
                return ValueTask.CompletedTask;
            }, cancellationToken);
        }

        return keys;
    }

    private void Told(List<LoadedObject> done, ConcurrentDictionary<string, Exception?> unfetched)
    {
        foreach (var loaded in done)
        {
            totals.Add(loaded);
            foreach (var error in loaded.Errors)
            {
                LoaderLog.Quarantined(logger, error.FileKey, error.Code, error.Place, error.Reason);
            }
        }

        var problems = 0;
        foreach (var (key, failure) in unfetched)
        {
            AddProblem(key, failure!, ref problems);
        }
    }

    private void AddProblem(string key, Exception failure, ref int problems)
    {
        LoaderLog.NotFetched(logger, failure, key);
        totals.AddProblem($"{key}: {failure.Message}");
        if (++problems >= MostProblems)
        {
            throw failure;
        }
    }
}
