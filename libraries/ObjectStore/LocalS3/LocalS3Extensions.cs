using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>Adds the server to a host.</summary>
public static class LocalS3Extensions
{
    /// <summary>
    /// Adds the server as a hosted service, with <see cref="LocalS3Options"/> of section <c>LocalS3</c>, validated at start. It listens before the host's
    /// services start (<see cref="IHostedLifecycleService.StartingAsync"/>); <see cref="LocalS3Service.Server"/> then has its endpoint.
    /// </summary>
    public static IHostApplicationBuilder AddLocalS3(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<LocalS3Options>().BindConfiguration(LocalS3Options.Section).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<LocalS3Options>, LocalS3OptionsValidator>());
        builder.Services.TryAddSingleton<LocalS3Service>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LocalS3Service>());
        return builder;
    }
}
