namespace FhirAspire.AppHost.Tests.Aspire;

/// <summary>The app model as one set of choices makes it; nothing is started.</summary>
internal static class AppModel
{
    /// <summary>Makes it for the developer's machine, or, with the arguments of a publisher, for a deployment.</summary>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(params string[] arguments) =>
        DistributedApplicationTestingBuilder.CreateAsync<Projects.FhirAspire_AppHost>(arguments);

    /// <summary>The resources that a person sees, by name.</summary>
    public static IReadOnlyList<string> Names(this IDistributedApplicationTestingBuilder builder) =>
        [.. builder.Resources.Where(resource => resource is ProjectResource or ContainerResource or IResourceWithConnectionString or ParameterResource).Select(resource => resource.Name).Order(StringComparer.Ordinal)];

    /// <summary>A resource by its name.</summary>
    public static IResource Find(this IDistributedApplicationTestingBuilder builder, string name) => builder.Resources.Single(resource => resource.Name == name);

    /// <summary>What it waits for, in alphabetical order.</summary>
    public static IReadOnlyList<string> Waits(this IResource resource) =>
        [.. resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Its environment as a manifest names it: values of other resources as expressions.</summary>
    public static async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(this IResource resource)
    {
        var context = new EnvironmentCallbackContext(new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), resource);
        foreach (var callback in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        return context.EnvironmentVariables.ToDictionary(pair => pair.Key, pair => pair.Value is IManifestExpressionProvider expression ? expression.ValueExpression : pair.Value.ToString() ?? "", StringComparer.Ordinal);
    }
}
