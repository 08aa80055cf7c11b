using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Leases;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FhirAspire.Pipeline.Hosting;

/// <summary>Adds jobs to a host.</summary>
public static class PipelineHostingExtensions
{
    /// <summary>Adds the run history, the scheduler and alerts to the log; called by every service that has a job, harmless when repeated.</summary>
    public static IHostApplicationBuilder AddPipeline(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Services.Any(service => service.ServiceType == typeof(IRunStore)))
        {
            return builder;
        }

        builder.Services.AddOptions<RunStoreOptions>().Bind(builder.Configuration.GetSection(RunStoreOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IRunStore>(services => new RunStore(services.GetRequiredService<IOptions<RunStoreOptions>>().Value, services.GetRequiredService<TimeProvider>()));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<ILoggerProvider, RunLogProvider>();
        builder.Services.AddSingleton<TransientFaults>();
        builder.Services.AddSingleton(services => new OperationsStore(services.GetRequiredService<IOptions<RunStoreOptions>>().Value));
        builder.Services.AddSingleton<PatientTraces>();
        builder.Services.AddSingleton<SocketBytes>();
        builder.AddAlerts();
        builder.AddReadiness("history", async (services, stop) =>
        {
            await services.GetRequiredService<IRunStore>().QueryAsync(new RunFilter { Limit = 1 }, stop).ConfigureAwait(false);
            return "answers";
        });
        builder.Services.AddHealthChecks().AddCheck<JobsHealth>("alerts", tags: ["ready"]);
        builder.Services.AddSingleton<JobScheduler>();
        // Jobs are scheduled where the host says so; a command such as `once` runs them itself.
        if (builder.Configuration.GetValue("Jobs:Scheduled", true))
        {
            builder.Services.AddHostedService(services => services.GetRequiredService<JobScheduler>());
            builder.Services.AddHostedService<LevelMeter>();
            builder.Services.AddHostedService<ProcessMeter>();
        }

        return builder;
    }

    private static void AddAlerts(this IHostApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(AlertOptions.Section);
        builder.Services.AddOptions<AlertOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IAlertChannel, LogAlertChannel>();
        if (!string.IsNullOrEmpty(section["Email:Host"]))
        {
            builder.Services.AddSingleton<IAlertChannel, EmailAlertChannel>();
        }

        if (!string.IsNullOrEmpty(section["Slack:WebhookUrl"]))
        {
            builder.Services.AddSingleton<IAlertChannel, SlackAlertChannel>();
        }

        builder.Services.AddSingleton(services => new AlertCenter(
            services.GetRequiredService<OperationsStore>(), services.GetServices<IAlertChannel>(), services.GetRequiredService<IOptions<AlertOptions>>().Value,
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<AlertCenter>>()));
    }

    /// <summary>Adds a job; its options are the given defaults, overridden by the section <c>Jobs:{name}</c>.</summary>
    public static IHostApplicationBuilder AddJob<TJob>(this IHostApplicationBuilder builder, string name, Action<JobOptions> defaults)
        where TJob : class, IJob
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddPipeline();
        builder.Services.AddSingleton<TJob>();
        builder.Services.AddOptions<JobOptions>(name).Configure(defaults).Bind(builder.Configuration.GetSection($"Jobs:{name}")).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton(services => new JobRunner(
            services.GetRequiredService<TJob>(),
            services.GetRequiredService<IOptionsMonitor<JobOptions>>().Get(name),
            services.GetRequiredService<IRunStore>(),
            services.GetRequiredService<TransientFaults>(),
            services.GetRequiredService<AlertCenter>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<JobRunner>>(),
            ProcessOwner.Current,
            new Random(Environment.ProcessId)));
        return builder;
    }
}
