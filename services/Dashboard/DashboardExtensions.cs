namespace FhirAspire.Dashboard;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class DashboardExtensions
{
    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddDashboard(this IHostApplicationBuilder builder) => builder;
}
