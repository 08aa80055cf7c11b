using FhirAspire.Loader.Retaining;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Hosting;

namespace FhirAspire.Loader;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class LoaderExtensions
{
    /// <summary>Adds the job that loads new objects every 5 minutes and, by default, at once after the first upload since the start.</summary>
    public static IHostApplicationBuilder AddLoader(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LoaderOptions>().Bind(builder.Configuration.GetSection("Loader")).ValidateDataAnnotations().ValidateOnStart();
        builder.AddObjectStore();
        builder.AddWarehouse();
        builder.Services.AddSingleton<ObjectLoader>();
        builder.Services.AddSingleton(new TransientFaultRule(exception => exception is WarehouseException warehouse ? warehouse.IsTransient : null));
        builder.Services.AddOptions<RetentionOptions>().Bind(builder.Configuration.GetSection("Retention")).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Retention>();
        if (builder.Configuration.GetValue("Jobs:Scheduled", true))
        {
            builder.Services.AddHostedService<RetentionService>();
        }

        builder.AddReadiness("s3", (services, stop) => services.GetRequiredService<ObjectBucket>().CheckAsync(stop));
        builder.AddReadiness("warehouse", (services, stop) => services.GetRequiredService<IWarehouse>().CheckAsync(stop));
        builder.Services.AddSingleton(services => new LevelSource("loader", (levels, stop) => services.GetRequiredService<LoaderJob>().MeasureAsync(levels, stop)));
        return builder.AddJob<LoaderJob>(JobNames.Loader, job =>
        {
            job.Every = TimeSpan.FromMinutes(5);
            job.After = JobNames.Uploader;
            job.Follow = builder.Configuration.GetValue("Loader:OnUpload", FollowMode.FirstOnly);
            job.Timeout = TimeSpan.FromHours(2);
        });
    }
}
