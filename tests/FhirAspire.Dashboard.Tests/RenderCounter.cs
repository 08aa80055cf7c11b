using System.Security.Claims;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Operations;
using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.HtmlRendering.Infrastructure;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;

namespace FhirAspire.Dashboard.Tests;

/// <summary>Draws a page as a circuit does, and counts which of its components are drawn anew.</summary>
internal sealed class RenderCounter(IServiceProvider services) : StaticHtmlRenderer(services, NullLoggerFactory.Instance)
{
    private readonly Dictionary<string, int> drawn = new(StringComparer.Ordinal);

    protected override RendererInfo RendererInfo { get; } = new("Test", isInteractive: true);

    public static ServiceCollection Services(PipelineState state, IRunStore store, TimeProvider clock, string path = "")
    {
        var services = new ServiceCollection();
        services.AddSingleton(state).AddSingleton(store).AddSingleton(clock).AddSingleton<PageVisibility>().AddSingleton<ReaderClock>().AddOptions<DashboardOptions>();
        services.AddSingleton<NavigationManager>(new Here(path)).AddSingleton<IJSRuntime>(new NoScript()).AddSupplyValueFromQueryProvider();
        services.AddLogging().AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddSingleton<ModelCatalog>();
        // Nothing is clicked, so the commands need nothing.
        services.AddSingleton(new JobControl(null!, null!, null!, null!, null!, clock));
        return services;
    }

    /// <summary>Draws a page for an operator; null parameters are those that the address does not have.</summary>
    /// <returns>What was drawn when all that it waits for had come.</returns>
    public Task<string> OpenAsync<TPage>(params (string Name, object Value)[] parameters)
        where TPage : IComponent => Dispatcher.InvokeAsync(async () =>
        {
            var user = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Operator)], "test"));
            var root = BeginRenderingComponent(typeof(CascadingValue<Task<AuthenticationState>>), ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["Value"] = Task.FromResult(new AuthenticationState(user)),
                ["ChildContent"] = (RenderFragment)(builder =>
                {
                    builder.OpenComponent<TPage>(0);
                    builder.AddMultipleAttributes(1, parameters.Select(parameter => new KeyValuePair<string, object>(parameter.Name, parameter.Value)));
                    builder.CloseComponent();
                }),
            }));
            await root.QuiescenceTask;
            return root.ToHtmlString();
        });

    /// <summary>What a change draws anew: names of components, each with how often.</summary>
    public async Task<IReadOnlyDictionary<string, int>> AfterAsync(Action change)
    {
        await Dispatcher.InvokeAsync(() => drawn.Clear());
        change();
        // What was asked of the renderer by the change comes first.
        await Dispatcher.InvokeAsync(Task.Yield().GetAwaiter().GetResult);
        return await Dispatcher.InvokeAsync(() => new Dictionary<string, int>(drawn, StringComparer.Ordinal));
    }

    protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
    {
        for (var i = 0; i < renderBatch.UpdatedComponents.Count; i++)
        {
            var name = GetComponentState(renderBatch.UpdatedComponents.Array[i].ComponentId).Component.GetType().Name;
            drawn[name] = drawn.GetValueOrDefault(name) + 1;
        }

        return base.UpdateDisplayAsync(renderBatch);
    }

    private sealed class Here : NavigationManager
    {
        public Here(string path) => Initialize("http://localhost/", "http://localhost/" + path);
    }

    private sealed class NoScript : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => default;

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => default;
    }
}
