using FhirAspire.Simulation;

namespace FhirAspire.Fhir.Export;

/// <summary>
/// Generates many patients into a folder, on all cores. The bytes are the same whatever the number of threads, and whether it was interrupted or
/// not: a call with the same options goes on where the last one has stopped.
/// </summary>
public static class BulkExport
{
    /// <summary>The end of the simulation of the export that a folder holds; null when it holds none. With it an export that did not name one goes on another day.</summary>
    /// <exception cref="Bundles.FhirWriteException">The state of the export cannot be read.</exception>
    public static DateTimeOffset? AsOfIn(string folder) => ExportState.Read(Path.Combine(folder, ExportState.FileName))?.AsOf;

    /// <summary>Runs the export to its end.</summary>
    /// <param name="generator">Makes the patients.</param>
    /// <param name="options">What to write.</param>
    /// <param name="progress">Told after each slot.</param>
    /// <param name="cancellationToken">Stops after the slots at work; the export can go on later.</param>
    /// <returns>What this call has written; slots and patients of the whole export.</returns>
    /// <exception cref="Bundles.FhirWriteException">The folder holds something else.</exception>
    /// <exception cref="SimulationException">A module fails while it runs.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static ExportProgress Run(
        PatientGenerator generator, ExportOptions options, IProgress<ExportProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.Patients, nameof(options));
        var state = ExportState.Load(options, generator.Options);
        Directory.CreateDirectory(options.Output);
        var asOf = generator.Options.AsOf.ToUnixTimeMilliseconds();
        return options.Format switch
        {
            ExportFormat.Ndjson => Run(generator, options, state, () => new NdjsonTarget(options, state.Lengths), progress, cancellationToken),
            ExportFormat.Csv => Run(generator, options, state, () => new CsvTarget(options, state.Lengths), progress, cancellationToken),
            _ => Run(generator, options, state, () => new BundleTarget(options, asOf), progress, cancellationToken),
        };
    }

    private static ExportProgress Run<T>(
        PatientGenerator generator, ExportOptions options, ExportState state, Func<IExportTarget<T>> open, IProgress<ExportProgress>? progress, CancellationToken cancellationToken)
    {
        var totals = new RunTotals(generator);
        if (state.Totals is { } saved)
        {
            totals.Load(saved);
        }

        if (state.IsComplete)
        {
            return new ExportProgress(state.Next, totals.Patients, 0, 0);
        }

        using var target = open();
        long resources = 0, bytes = 0;
        if (state.Next == 0)
        {
            // From here on, the folder is known as this export's.
            state.Save(options.Output);
        }

        var commit = new OrderedCommit<(T Rendered, IReadOnlyList<SimulatedPatient> Patients)>(state.Next, Math.Max(8, ThreadsOf(options) * 4), (slot, item) =>
        {
            var (count, size) = target.Take(item.Rendered);
            resources += count;
            bytes += size;
            foreach (var patient in item.Patients)
            {
                totals.Add(patient);
            }

            if ((slot + 1) % options.CheckpointEvery == 0)
            {
                Save(slot + 1, isComplete: false);
            }

            progress?.Report(new ExportProgress(slot + 1, totals.Patients, resources, bytes));
        });
        Generate(generator, options, state.Next, target, commit, cancellationToken);
        var (more, last) = target.Finish(totals);
        Save(options.Patients, isComplete: true);
        return new ExportProgress(options.Patients, totals.Patients, resources + more, bytes + last);

        void Save(long next, bool isComplete)
            => (state with { Next = next, IsComplete = isComplete, Lengths = target.Mark(), Totals = totals.Save() }).Save(options.Output);
    }

    private static void Generate<T>(
        PatientGenerator generator, ExportOptions options, long first, IExportTarget<T> target, OrderedCommit<(T, IReadOnlyList<SimulatedPatient>)> commit,
        CancellationToken cancellationToken)
    {
        var next = first - 1;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = Enumerable.Range(0, ThreadsOf(options)).Select(_ => Task.Factory.StartNew(
            () =>
            {
                try
                {
                    long slot;
                    while (!stop.IsCancellationRequested && (slot = Interlocked.Increment(ref next)) < options.Patients)
                    {
                        var patients = generator.Generate(slot);
                        if (!commit.Post(slot, (target.Render(patients), patients)))
                        {
                            return;
                        }
                    }
                }
                catch
                {
                    stop.Cancel();
                    commit.Fail();
                    throw;
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        try
        {
            Task.WaitAll(workers, CancellationToken.None);
        }
        catch (AggregateException e)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static int ThreadsOf(ExportOptions options) => options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
}
