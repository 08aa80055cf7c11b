using System.Text.Json;
using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Leases;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Telemetry;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace FhirAspire.Pipeline.Runs;

internal sealed class RunDbContext(DbContextOptions<RunDbContext> options) : DbContext(options)
{
    public DbSet<JobRun> Runs => Set<JobRun>();

    public DbSet<JobAttempt> Attempts => Set<JobAttempt>();

    public DbSet<NodeRun> Nodes => Set<NodeRun>();

    public DbSet<RunLogRow> Logs => Set<RunLogRow>();

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<JobState> JobStates => Set<JobState>();

    public DbSet<JobRequest> Requests => Set<JobRequest>();

    public DbSet<WaitingTrace> Traces => Set<WaitingTrace>();

    public DbSet<ProcessSample> Processes => Set<ProcessSample>();

    public DbSet<AlertRow> Alerts => Set<AlertRow>();

    public DbSet<QualityResult> Quality => Set<QualityResult>();

    public static PooledDbContextFactory<RunDbContext> FactoryOf(RunStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = new DbContextOptionsBuilder<RunDbContext>()
            // The migrations are written by hand for two providers, so there is no snapshot to compare with.
            .ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
        return new PooledDbContextFactory<RunDbContext>((options.Provider == RunStoreProvider.Sqlite
            ? builder.UseSqlite(new SqliteConnectionStringBuilder { DataSource = options.ConnectionString, DefaultTimeout = 30 }.ToString())
            : builder.UseNpgsql(options.ConnectionString)).Options);
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<DateTime>().HaveConversion<UtcConverter>();
        configurationBuilder.Properties<Enum>().HaveConversion<string>().HaveMaxLength(16);
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<JobRun>(run =>
        {
            run.ToTable("job_runs");
            run.HasKey(r => r.Id);
            run.Property(r => r.Job).HasMaxLength(64);
            run.Property(r => r.Counts).HasConversion(new CountsConverter(), new ValueComparer<Dictionary<string, long>>(
                (a, b) => ReferenceEquals(a, b), counts => counts.Count, counts => new Dictionary<string, long>(counts)));
            run.HasMany(r => r.AttemptLog).WithOne().HasForeignKey(a => a.RunId).OnDelete(DeleteBehavior.Cascade);
            run.Ignore(r => r.Log);
            run.HasIndex(r => new { r.Job, r.StartedAt });
            run.HasIndex(r => r.StartedAt);
        });
        modelBuilder.Entity<JobAttempt>(attempt =>
        {
            attempt.ToTable("job_attempts");
            attempt.HasKey(a => new { a.RunId, a.Number });
        });
        modelBuilder.Entity<NodeRun>(node =>
        {
            node.ToTable("node_runs");
            node.HasKey(n => new { n.RunId, n.UniqueId });
            node.HasOne<JobRun>().WithMany().HasForeignKey(n => n.RunId).OnDelete(DeleteBehavior.Cascade);
            node.HasIndex(n => new { n.UniqueId, n.RunId });
        });
        modelBuilder.Entity<RunLogRow>(log =>
        {
            log.ToTable("run_logs");
            log.HasKey(l => l.RunId);
            log.Property(l => l.RunId).ValueGeneratedNever();
            log.HasOne<JobRun>().WithOne().HasForeignKey<RunLogRow>(l => l.RunId).OnDelete(DeleteBehavior.Cascade);
        });
        modelBuilder.Entity<LeaseRow>(lease =>
        {
            lease.ToTable("leases");
            lease.HasKey(l => l.Name);
        });
        modelBuilder.Entity<JobState>(state =>
        {
            state.ToTable("job_states");
            state.HasKey(s => s.Job);
        });
        modelBuilder.Entity<JobRequest>(request =>
        {
            request.ToTable("job_requests");
            request.Property(r => r.Job).HasMaxLength(64);
            request.HasIndex(r => r.AskedAt);
        });
        modelBuilder.Entity<WaitingTrace>(trace =>
        {
            trace.ToTable("waiting_traces");
            trace.Property(t => t.Parent).HasMaxLength(64);
        });
        modelBuilder.Entity<ProcessSample>(sample =>
        {
            sample.ToTable("process_samples");
            sample.HasIndex(s => s.At);
            sample.ComplexProperty(s => s.Use, use =>
            {
                foreach (var name in new[] { nameof(ProcessUse.StartedAt), nameof(ProcessUse.CpuSeconds), nameof(ProcessUse.Memory), nameof(ProcessUse.Received), nameof(ProcessUse.Sent) })
                {
                    use.Property(name).HasColumnName(name);
                }
            });
        });
        modelBuilder.Entity<AlertRow>(alert =>
        {
            alert.ToTable("alerts");
            alert.HasIndex(a => new { a.Key, a.RecoveredAt });
        });
        modelBuilder.Entity<QualityResult>(result =>
        {
            result.ToTable("quality_results");
            result.HasIndex(r => r.RunId);
            result.HasIndex(r => new { r.Kind, r.Target });
        });
    }

    /// <summary>Every instant is UTC; SQLite keeps no kind.</summary>
    private sealed class UtcConverter() : ValueConverter<DateTime, DateTime>(
        value => value, value => DateTime.SpecifyKind(value, DateTimeKind.Utc));

    private sealed class CountsConverter() : ValueConverter<Dictionary<string, long>, string>(
        counts => JsonSerializer.Serialize(counts, JsonSerializerOptions.Default),
        text => JsonSerializer.Deserialize<Dictionary<string, long>>(text, JsonSerializerOptions.Default) ?? new());
}
