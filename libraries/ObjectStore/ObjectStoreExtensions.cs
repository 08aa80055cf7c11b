using Amazon.S3;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FhirAspire.ObjectStore;

/// <summary>Adds the S3 client to a host.</summary>
public static class ObjectStoreExtensions
{
    /// <summary>
    /// Adds <see cref="IAmazonS3"/> and <see cref="ObjectBucket"/>, with <see cref="ObjectStoreOptions"/> of section <c>S3</c>, validated at start. The client is made
    /// on first use, so that options which a server in the same process fills in (its endpoint) are there by then.
    /// </summary>
    public static IHostApplicationBuilder AddObjectStore(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<ObjectStoreOptions>().BindConfiguration(ObjectStoreOptions.Section).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ObjectStoreOptions>, ObjectStoreOptionsValidator>());
        builder.Services.TryAddSingleton(services => ObjectStoreClientFactory.Create(services.GetRequiredService<IOptions<ObjectStoreOptions>>().Value));
        builder.Services.TryAddSingleton(services => new ObjectBucket(services.GetRequiredService<IAmazonS3>(), services.GetRequiredService<IOptions<ObjectStoreOptions>>().Value));
        return builder;
    }
}
