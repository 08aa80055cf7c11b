using FhirAspire.Fhir.Spool;
using FhirAspire.Generator.Replay;
using FhirAspire.Generator.Simulate;
using FhirAspire.Generator.Synthea;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Leases;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Generator;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class GeneratorExtensions
{
    /// <summary>Adds the job that writes a patient to the spool every 10 seconds.</summary>
    public static IHostApplicationBuilder AddGenerator(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<GeneratorOptions>().Bind(builder.Configuration.GetSection("Generator")).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<SpoolOptions>().Bind(builder.Configuration.GetSection("Spool")).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(services => new SpoolDirectory(services.GetRequiredService<IOptions<SpoolOptions>>().Value, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IPatientNumbers>(services => services.GetRequiredService<IOptions<GeneratorOptions>>().Value is { Numbers: NumberStore.File } settings
            ? new SlotPosition(settings.PositionFile)
            : new SharedNumbers(services.GetRequiredService<IRunStore>(), ProcessOwner.Current, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IPatientSource>(services => services.GetRequiredService<IOptions<GeneratorOptions>>().Value.Mode switch
        {
            GeneratorMode.Simulate => ActivatorUtilities.CreateInstance<SimulateSource>(services, services.GetRequiredService<IOptions<GeneratorOptions>>()),
            GeneratorMode.Synthea => ActivatorUtilities.CreateInstance<SyntheaSource>(services, services.GetRequiredService<IOptions<GeneratorOptions>>()),
            _ => ActivatorUtilities.CreateInstance<ReplaySource>(services, services.GetRequiredService<IOptions<GeneratorOptions>>()),
        });
        return builder.AddJob<GeneratorJob>(JobNames.Generator, job =>
        {
            job.Every = TimeSpan.FromSeconds(10);
            job.AtStart = true;
            job.Timeout = TimeSpan.FromMinutes(2);
        });
    }
}
