using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>Adds what a host must reach to be ready.</summary>
public static class HealthExtensions
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Adds a readiness check; parts of one host that need the same thing add it once.</summary>
    /// <param name="builder">The host.</param>
    /// <param name="name">What is reached: <c>warehouse</c>, <c>s3</c>, <c>history</c>.</param>
    /// <param name="check">Reaches it, or throws; what it returns is shown.</param>
    public static IHostApplicationBuilder AddReadiness(this IHostApplicationBuilder builder, string name, Func<IServiceProvider, CancellationToken, Task<string>> check)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Properties.TryAdd($"readiness:{name}", true))
        {
            builder.Services.AddHealthChecks().Add(new HealthCheckRegistration(name, services => new Check(services, check), HealthStatus.Unhealthy, ["ready"], Limit));
        }

        return builder;
    }

    private sealed class Check(IServiceProvider services, Func<IServiceProvider, CancellationToken, Task<string>> check) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                return HealthCheckResult.Healthy(await check(services, cancellationToken).ConfigureAwait(false));
            }
            catch (Exception exception)
            {
                return HealthCheckResult.Unhealthy(exception.Message);
            }
        }
    }
}
