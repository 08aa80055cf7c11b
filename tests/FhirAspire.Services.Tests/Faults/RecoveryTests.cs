using FhirAspire.Loader;
using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Services.Tests.Faults;

/// <summary>The mission's recovery scenarios of the loader: down for long, and a warehouse that fails in the middle of a load. docs/operations.md has the runbooks.</summary>
public sealed class RecoveryTests : IAsyncLifetime
{
    private readonly List<AlertNotice> told = [];
    private PipelineFixture pipeline = null!;

    public async Task InitializeAsync() => pipeline = await PipelineFixture.StartAsync();

    public async Task DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        await pipeline.DisposeAsync();
    }

    [Fact]
    public async Task What_piled_up_while_the_loader_was_down_is_loaded_in_one_run_of_many_pages_and_transactions()
    {
        pipeline.LoaderOptions.BatchObjects = 200;
        const int objects = 2300;
        await Parallel.ForEachAsync(Enumerable.Range(0, objects), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
            await pipeline.PutAsync($"raw/patients/2025-12-{(i % 28) + 1:D2}/{i:D9}_p/f.json", $$"""{"resourceType":"Patient","id":"p{{i}}"}"""));

        var outcome = await pipeline.LoadAsync();

        outcome.Problems.ShouldBeEmpty();
        outcome.Counts["files"].ShouldBe(objects);
        (await pipeline.QueryAsync("select count(*), count(distinct bundle_data->>'$.id') from raw.fhir_bundles")).Single().ShouldBe([(long)objects, (long)objects]);
    }

    [Fact]
    public async Task A_warehouse_that_fails_in_the_middle_of_a_load_is_tried_again_then_told_and_loses_nothing()
    {
        pipeline.LoaderOptions.BatchObjects = 5;
        for (var i = 0; i < 20; i++)
        {
            await pipeline.PutAsync($"raw/patients/2026-01-02/{i:D9}_p/f.json", $$"""{"resourceType":"Patient","id":"p{{i}}"}""");
        }

        var options = new RunStoreOptions { ConnectionString = Path.Combine(pipeline.Folder, "history.db") };
        var history = new RunStore(options, pipeline.Time);
        await history.PrepareAsync();
        await using var alerts = new AlertCenter(new OperationsStore(options), [new Channel(told)], new AlertOptions(), pipeline.Time, NullLogger<AlertCenter>.Instance);
        var warehouse = new FlakyWarehouse(pipeline.Warehouse);
        var loader = new LoaderJob(new ObjectLoader(pipeline.Bucket, warehouse, Options.Create(pipeline.LoaderOptions), pipeline.Time, NullLogger<ObjectLoader>.Instance), pipeline.Bucket, Options.Create(pipeline.LoaderOptions), pipeline.Time);
        var faults = new TransientFaults([new TransientFaultRule(exception => exception is WarehouseException fault ? fault.IsTransient : null)]);
        var runner = new JobRunner(loader, new JobOptions { Retries = 2 }, history, faults, alerts, pipeline.Time, NullLogger<JobRunner>.Instance, "test:1", new Random(1));

        // Down for all attempts of a run, after the second transaction.
        warehouse.BulkLoadsUntilDown = 5;
        var run = await RunAsync(runner);
        run.Status.ShouldBe(RunStatus.Failed);
        run.Attempts.ShouldBe(3);
        warehouse.Refused.ShouldBeGreaterThanOrEqualTo(3);
        await alerts.IdleAsync();
        told.Single().Error.ShouldContain("the network is gone");
        var kept = (long)(await pipeline.QueryAsync("select count(*) from raw.fhir_bundles")).Single()[0]!;
        kept.ShouldBeInRange(5, 15);
        (await pipeline.QueryAsync("select sum(row_count) from raw.load_objects")).Single()[0]!.ToString().ShouldBe(kept.ToString());

        warehouse.BulkLoadsUntilDown = null;
        (await RunAsync(runner)).Status.ShouldBe(RunStatus.Succeeded);
        await alerts.IdleAsync();
        told[^1].Kind.ShouldBe(AlertKind.Recovered);
        (await pipeline.QueryAsync("select count(*), count(distinct bundle_data->>'$.id') from raw.fhir_bundles")).Single().ShouldBe([20L, 20L]);
    }

    private async Task<JobRun> RunAsync(JobRunner runner)
    {
        var run = runner.TriggerAsync(RunTrigger.Schedule, default);
        while (!run.IsCompleted)
        {
            await Task.WhenAny(run, Task.Delay(20));
            pipeline.Time.Advance(TimeSpan.FromSeconds(5));
        }

        return (await run)!;
    }

    private sealed class Channel(List<AlertNotice> told) : IAlertChannel
    {
        public string Name => "test";

        public Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
        {
            told.Add(notice);
            return Task.CompletedTask;
        }
    }

    /// <summary>A warehouse that goes away after some bulk loads, also for new sessions.</summary>
    private sealed class FlakyWarehouse(IWarehouse inner) : IWarehouse
    {
        private int bulkLoads;

        public int? BulkLoadsUntilDown { get; set; }

        public int Refused { get; private set; }

        public WarehouseKind Kind => inner.Kind;

        public string Location => inner.Location;

        public SqlDialect Dialect => inner.Dialect;

        public async Task<IWarehouseSession> OpenAsync(CancellationToken cancellationToken = default)
        {
            Check();
            return new Session(this, await inner.OpenAsync(cancellationToken));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private void Check()
        {
            if (BulkLoadsUntilDown is { } most && bulkLoads >= most)
            {
                Refused++;
                throw new WarehouseException("WH1001", "the network is gone", isTransient: true);
            }
        }

        private sealed class Session(FlakyWarehouse warehouse, IWarehouseSession inner) : IWarehouseSession
        {
            public IWarehouse Warehouse => warehouse;

            public bool InTransaction => inner.InTransaction;

            public Task BeginAsync(CancellationToken cancellationToken = default) => Checked(() => inner.BeginAsync(cancellationToken));

            public Task CommitAsync(CancellationToken cancellationToken = default) => Checked(() => inner.CommitAsync(cancellationToken));

            public Task RollbackAsync(CancellationToken cancellationToken = default) => inner.RollbackAsync(cancellationToken);

            public Task<long> ExecuteAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) => Checked(() => inner.ExecuteAsync(sql, parameters, cancellationToken));

            public Task<QueryResult> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) => Checked(() => inner.QueryAsync(sql, parameters, cancellationToken));

            public IAsyncEnumerable<object?[]> StreamAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) => inner.StreamAsync(sql, parameters, cancellationToken);

            public Task<long> BulkLoadAsync(TableName table, IReadOnlyList<BulkColumn> columns, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken = default) => Checked(() =>
            {
                warehouse.bulkLoads++;
                return inner.BulkLoadAsync(table, columns, rows, cancellationToken);
            });

            public ValueTask DisposeAsync() => inner.DisposeAsync();

            private T Checked<T>(Func<T> call)
            {
                warehouse.Check();
                return call();
            }
        }
    }
}
