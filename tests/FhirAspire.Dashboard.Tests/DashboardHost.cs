using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Dashboard.Tests;

/// <summary>The dashboard alone, on a free port, with a folder that ends with the test.</summary>
internal sealed class DashboardHost : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string folder;

    private DashboardHost(WebApplication app, string folder) => (this.app, this.folder) = (app, folder);

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/");

    public IServiceProvider Services => app.Services;

    public static Task<DashboardHost> StartAsync(params (string Key, string? Value)[] settings) => StartAsync(_ => { }, settings);

    public static async Task<DashboardHost> StartAsync(Action<WebApplicationBuilder> add, params (string Key, string? Value)[] settings)
    {
        var root = Directory.CreateTempSubdirectory("dashboard-host-").FullName;
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = root });
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Dashboard:Port"] = "0", ["Dashboard:MartsDir"] = Path.Combine(root, "marts"), ["History:ConnectionString"] = Path.Combine(root, "history.db"),
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => setting.Value));
        builder.AddDashboard();
        add(builder);
        var built = builder.Build();
        built.MapDashboard();
        await built.StartAsync();
        return new DashboardHost(built, root);
    }

    public HttpClient Client() => new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = Address };

    public async ValueTask DisposeAsync()
    {
        // Disposal alone does not wait for the services that still write into the folder.
        await app.StopAsync();
        await app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}
