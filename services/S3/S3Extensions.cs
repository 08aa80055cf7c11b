namespace FhirAspire.S3;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class S3Extensions
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddS3(this IHostApplicationBuilder builder) => builder;
}
