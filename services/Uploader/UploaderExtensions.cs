namespace FhirAspire.Uploader;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class UploaderExtensions
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddUploader(this IHostApplicationBuilder builder) => builder;
}
