using FhirAspire.Fhir.Spool;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Uploader;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class UploaderExtensions
{
    /// <summary>Adds the job that carries spool folders to S3 every 30 seconds.</summary>
    public static IHostApplicationBuilder AddUploader(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<UploaderOptions>().Bind(builder.Configuration.GetSection("Uploader")).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<SpoolOptions>().Bind(builder.Configuration.GetSection("Spool")).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(services => new SpoolDirectory(services.GetRequiredService<IOptions<SpoolOptions>>().Value, services.GetRequiredService<TimeProvider>()));
        builder.AddObjectStore();
        builder.Services.AddSingleton(new TransientFaultRule(exception => ObjectStoreErrors.IsTransient(exception) ? true : null));
        builder.AddReadiness("s3", (services, stop) => services.GetRequiredService<ObjectBucket>().CheckAsync(stop));
        builder.Services.AddSingleton(services => new LevelSource("uploader", (levels, _) =>
            Task.FromResult(levels with { FoldersToUpload = services.GetRequiredService<SpoolDirectory>().Pending().LongCount() })));
        return builder.AddJob<UploaderJob>(JobNames.Uploader, job =>
        {
            job.Every = TimeSpan.FromSeconds(30);
            job.After = JobNames.Generator;
            job.Follow = FollowMode.FirstOnly;
            job.Timeout = TimeSpan.FromMinutes(10);
        });
    }
}
