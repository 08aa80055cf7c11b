using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FhirAspire.Pipeline.Tests.Jobs;

/// <summary>A store in a file of its own, a fake clock, and runners over both.</summary>
internal sealed class JobFixture : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-").FullName;
    private readonly List<AlertCenter> centers = [];

    /// <param name="historyFolder">Where the history is kept; null: in a folder of its own.</param>
    public JobFixture(string? historyFolder = null)
    {
        Time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        var options = new RunStoreOptions { ConnectionString = Path.Combine(historyFolder ?? folder, "history.db") };
        Store = new RunStore(options, Time);
        Operations = new OperationsStore(options);
        Center = NewCenter([new Channel(Alerts)]);
    }

    public FakeTimeProvider Time { get; }

    public RunStore Store { get; }

    public OperationsStore Operations { get; }

    public AlertCenter Center { get; }

    public List<AlertNotice> Alerts { get; } = [];

    public AlertCenter NewCenter(IEnumerable<IAlertChannel> channels, AlertOptions? options = null)
    {
        var center = new AlertCenter(Operations, channels, options ?? new AlertOptions(), Time, NullLogger<AlertCenter>.Instance);
        centers.Add(center);
        return center;
    }

    public JobRunner Runner(IJob job, JobOptions? options = null, string owner = "test:1", Func<long>? memory = null, ILoggerFactory? logs = null) => new(
        job, options ?? new JobOptions(), Store, new TransientFaults([]), Center, Time, (logs ?? NullLoggerFactory.Instance).CreateLogger<JobRunner>(), owner, new Random(1)) { Memory = memory ?? (() => 0) };

    public JobScheduler Scheduler(params JobRunner[] runners) =>
        new(runners, Store, Operations, Center, new ServiceCollection().BuildServiceProvider().GetRequiredService<IServiceScopeFactory>(), Time, NullLogger<JobScheduler>.Instance);

    /// <summary>Moves the clock second by second, and lets what is due run in between.</summary>
    public async Task AdvanceAsync(TimeSpan span, JobScheduler scheduler)
    {
        for (var second = 0; second < span.TotalSeconds; second++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            while (scheduler.LastTick < Time.GetUtcNow().UtcDateTime)
            {
                await Task.Delay(1);
            }

            await Task.WhenAll(scheduler.Jobs.Values.Select(runner => runner.Idle)).WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    public void Dispose()
    {
        // Notices are sent and recorded behind the runs: the folder can go when none is on its way.
        Task.WhenAll(centers.Select(center => center.IdleAsync())).WaitAsync(TimeSpan.FromSeconds(60)).GetAwaiter().GetResult();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class Channel(List<AlertNotice> alerts) : IAlertChannel
    {
        public string Name => "test";

        public Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
        {
            lock (alerts)
            {
                alerts.Add(notice);
            }

            return Task.CompletedTask;
        }
    }
}
