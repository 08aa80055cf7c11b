using FhirAspire.DbtRunner.Quality;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Hosting;

namespace FhirAspire.DbtRunner;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class DbtRunnerExtensions
{
    /// <summary>Adds the job that builds the dbt project every 10 minutes and, by default, at once after the first load since the start.</summary>
    public static IHostApplicationBuilder AddDbtRunner(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<DbtOptions>().Bind(builder.Configuration.GetSection("Dbt")).ValidateDataAnnotations().ValidateOnStart();
        builder.AddWarehouse();
        builder.Services.AddOptions<QualityOptions>().Bind(builder.Configuration.GetSection("Quality")).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MartsPublisher>();
        builder.Services.AddSingleton<QualityChecker>();
        builder.Services.AddSingleton(new TransientFaultRule(exception => exception is DbtRunException dbt ? dbt.IsTransient : null));
        builder.AddReadiness("warehouse", (services, stop) => services.GetRequiredService<IWarehouse>().CheckAsync(stop));
        builder.Services.AddSingleton(services => new LevelSource("dbt", (levels, stop) => services.GetRequiredService<DbtJob>().MeasureAsync(levels, stop)));
        return builder.AddJob<DbtJob>(JobNames.Dbt, job =>
        {
            job.Every = TimeSpan.FromMinutes(10);
            job.After = JobNames.Loader;
            job.Follow = builder.Configuration.GetValue("Dbt:OnLoad", FollowMode.FirstOnly);
            job.WaitsFor = JobNames.Loader;
            job.Timeout = TimeSpan.FromHours(2);
        });
    }
}
