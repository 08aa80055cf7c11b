using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Api;
using FhirAspire.Dashboard.Components;
using FhirAspire.Dashboard.Hosting;
using FhirAspire.Dashboard.Marts;
using FhirAspire.Dashboard.Operations;
using FhirAspire.Dashboard.Patients;
using FhirAspire.Dashboard.State;
using FhirAspire.Dashboard.Storage;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Runs;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard;

/// <summary>Adds this service to a host; the embedded host and Program.cs call the same method.</summary>
public static class DashboardExtensions
{
    private const long CircuitMessageBytes = 256 << 10;

    /// <summary>Adds the service.</summary>
    public static IHostApplicationBuilder AddDashboard(this IHostApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddPipeline();
        var services = builder.Services;
        services.AddOptions<DashboardOptions>().Bind(builder.Configuration.GetSection(DashboardOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DashboardOptions>, DashboardOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<KestrelServerOptions>, KestrelSetup>());

        services.AddSingleton<PipelineState>();
        services.AddScoped<PageVisibility>();
        services.AddScoped<ReaderClock>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<RemoteJobs>();
        services.AddSingleton<JobControl>();
        services.AddSingleton<MartsLibrary>();
        services.AddSingleton<SqlGuard>();
        services.AddSingleton<ChartService>();
        services.AddSingleton<PatientReader>();
        services.AddSingleton<QuarantineReader>();
        services.AddSingleton<QuarantineRetry>();
        services.AddSingleton<QuarantinedFileReader>();
        services.AddSingleton<QualityReader>();
        services.AddOptions<BackupOptions>().Bind(builder.Configuration.GetSection("Backup")).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<BackupService>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<ModelHistory>();
        services.AddSingleton<FailingRows>();
        services.AddSingleton<HealthReader>();
        services.AddSingleton<StorageMeter>();
        services.AddSingleton<StorageHistory>();
        services.AddSingleton<StorageReport>();
        // Where runs are not scheduled (a command such as doctor) nothing is collected either.
        if (IsCollecting(builder.Configuration))
        {
            services.AddHostedService<PipelineCollector>();
            services.AddHostedService<StorageSampler>();
        }

        // Keys live as long as the process: a restart ends logins, and nothing secret is on disk.
        services.AddSingleton<IDataProtectionProvider>(provider => new EphemeralDataProtectionProvider(provider.GetRequiredService<ILoggerFactory>()));
        services.AddDataProtection();
        services.AddAntiforgery(antiforgery =>
        {
            antiforgery.Cookie.Name = "fhiraspire-form";
            antiforgery.Cookie.SameSite = SameSiteMode.Strict;
            antiforgery.SuppressXFrameOptionsHeader = true;
        });
        services.AddAuthentication(TokenAuthentication.SchemeName).AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(TokenAuthentication.SchemeName, null);
        OidcSetup.Add(services);
        services.AddOpenApi(ApiDocument.Name, ApiDocument.Configure);
        services.AddAuthorizationBuilder().AddPolicy(Roles.Operator, policy => policy.RequireRole(Roles.Operator));
        services.AddCascadingAuthenticationState();
        services.AddHttpContextAccessor();
        services.AddRazorComponents().AddInteractiveServerComponents(circuit => circuit.DetailedErrors = false)
            .AddHubOptions(hub => hub.MaximumReceiveMessageSize = CircuitMessageBytes);
        return builder;
    }

    /// <summary>Maps its pages and its API.</summary>
    public static WebApplication MapDashboard(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseMiddleware<RequestGuard>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        if (IsCollecting(app.Configuration))
        {
            app.UseMiddleware<HistoryGate>();
        }

        Assets.Map(app);
        LoginEndpoints.Map(app);
        ApiEndpoints.Map(app);
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(mode => mode.ContentSecurityFrameAncestorsPolicy = null)
            .RequireAuthorization();
        return app;
    }

    private static bool IsCollecting(IConfiguration configuration) => configuration.GetValue("Jobs:Scheduled", true);
}
