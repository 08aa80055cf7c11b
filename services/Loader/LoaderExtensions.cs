namespace FhirAspire.Loader;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class LoaderExtensions
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddLoader(this IHostApplicationBuilder builder) => builder;
}
