namespace FhirAspire.DbtRunner;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class DbtRunnerExtensions
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddDbtRunner(this IHostApplicationBuilder builder) => builder;
}
