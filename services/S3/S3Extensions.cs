using FhirAspire.ObjectStore.LocalS3;

namespace FhirAspire.S3;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class S3Extensions
{
    /// <summary>Adds the S3 server, with the options of section <c>LocalS3</c>.</summary>
    public static IHostApplicationBuilder AddS3(this IHostApplicationBuilder builder) => builder.AddLocalS3();
}
