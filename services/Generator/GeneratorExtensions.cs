namespace FhirAspire.Generator;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class GeneratorExtensions
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddGenerator(this IHostApplicationBuilder builder) => builder;
}
