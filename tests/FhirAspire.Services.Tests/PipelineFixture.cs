using FhirAspire.Fhir.Spool;
using FhirAspire.Generator;
using FhirAspire.Generator.Replay;
using FhirAspire.Loader;
using FhirAspire.ObjectStore;
using FhirAspire.ObjectStore.LocalS3;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Uploader;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace FhirAspire.Services.Tests;

/// <summary>Spool, S3 server and warehouse of a test's own, with the jobs between them.</summary>
public sealed class PipelineFixture : IAsyncDisposable
{
    private readonly LocalS3Server server;
    private readonly Amazon.S3.IAmazonS3 client;
    private long runs;

    private PipelineFixture(string folder, LocalS3Server server, FakeTimeProvider time, Uri endpoint, IWarehouse warehouse, int? retries)
    {
        Folder = folder;
        this.server = server;
        Time = time;
        var options = new ObjectStoreOptions { ServiceUrl = endpoint.ToString().TrimEnd('/'), AccessKey = "local", SecretKey = "local-secret" };
        options.MaxRetries = retries ?? options.MaxRetries;
        client = ObjectStoreClientFactory.Create(options);
        Bucket = new ObjectBucket(client, options);
        Spool = new SpoolDirectory(new SpoolOptions { Path = Path.Combine(folder, "spool"), Durable = false }, time);
        Warehouse = warehouse;
        LoaderOptions = new LoaderOptions();
    }

    public string Folder { get; }

    public FakeTimeProvider Time { get; }

    public ObjectBucket Bucket { get; }

    public SpoolDirectory Spool { get; }

    public IWarehouse Warehouse { get; }

    public LoaderOptions LoaderOptions { get; }

    /// <param name="s3Root">Where the S3 server keeps its objects; null: in the folder.</param>
    /// <param name="warehouse">The warehouse's file; null: in the folder.</param>
    /// <param name="proxy">Stands between the clients and the S3 server: takes its address, gives its own.</param>
    /// <param name="server">Another warehouse than DuckDB.</param>
    /// <param name="retries">The S3 client's attempts after the first, which wait seconds of the real clock; null: as many as by default.</param>
    public static async Task<PipelineFixture> StartAsync(string? s3Root = null, string? warehouse = null, Func<Uri, Task<Uri>>? proxy = null, IWarehouse? server = null, int? retries = null)
    {
        var folder = Directory.CreateTempSubdirectory("fhiraspire-").FullName;
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var started = await LocalS3Server.StartAsync(new LocalS3Options
        {
            Root = s3Root ?? Path.Combine(folder, "s3"), Port = 0, AccessKey = "local", SecretKey = "local-secret", Durability = LocalS3Durability.Fast, TimeProvider = time,
        });
        var fixture = new PipelineFixture(folder, started, time, proxy is null ? started.Endpoint : await proxy(started.Endpoint), server ?? new DuckDbWarehouse(new DuckDbOptions { Path = warehouse ?? Path.Combine(folder, "warehouse.duckdb") }), retries);
        await fixture.Bucket.EnsureBucketAsync();
        return fixture;
    }

    public ReplaySource Replay(string source, bool loop = false) =>
        new(new ReplayOptions { Source = source, Loop = loop, StateFile = Path.Combine(Folder, "replay.json") }, Spool, NullLogger<ReplaySource>.Instance);

    public Task<JobOutcome> UploadAsync(bool gzip = false) =>
        new UploaderJob(Spool, Bucket, Options.Create(new UploaderOptions { Gzip = gzip }), Time, NullLogger<UploaderJob>.Instance).RunAsync(Context(), default);

    public Task<JobOutcome> PackAsync(UploaderOptions options, RunTrigger trigger = RunTrigger.Schedule) =>
        new UploaderJob(Spool, Bucket, Options.Create(options), Time, NullLogger<UploaderJob>.Instance).RunAsync(Context(trigger), default);

    public LoaderJob Loader() => new(new ObjectLoader(Bucket, Warehouse, Options.Create(LoaderOptions), Time, NullLogger<ObjectLoader>.Instance), Bucket, Options.Create(LoaderOptions), Time);

    public Task<JobOutcome> LoadAsync(LoaderJob? job = null, RunTrigger trigger = RunTrigger.Schedule, long fence = 1) => (job ?? Loader()).RunAsync(Context(trigger, fence), default);

    public Task PutAsync(string key, string text) => PutAsync(key, System.Text.Encoding.UTF8.GetBytes(text));

    public Task PutAsync(string key, byte[] bytes) => Bucket.PutAsync(key, new MemoryStream(bytes), "application/octet-stream");

    /// <summary>Carries the bucket's lifecycle rules out.</summary>
    public Task ExpireAsync() => server.RunLifecycleAsync();

    public async Task<IReadOnlyList<object?[]>> QueryAsync(string sql)
    {
        await using var session = await Warehouse.OpenAsync();
        return (await session.QueryAsync(sql)).Rows;
    }

    public async ValueTask DisposeAsync()
    {
        await Warehouse.DisposeAsync();
        client.Dispose();
        await server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private JobContext Context(RunTrigger trigger = RunTrigger.Schedule, long fence = 1) => new(++runs, 1, trigger, fence, Time.GetUtcNow(), new Progress<JobProgress>());
}
