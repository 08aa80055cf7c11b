using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Warns of models past their deprecation date and of references to them. It depends on the day, so that it is never stored.</summary>
internal static class Deprecations
{
    public static void Warn(DbtSession session, Manifest manifest)
    {
        var now = session.StartedAt;
        foreach (var node in manifest.Nodes.Values.Where(node => node.DeprecationDate is not null && node.IsEnabled))
        {
            if (!DateTimeOffset.TryParse(Val.Str(node.DeprecationDate), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var date))
            {
                continue;
            }

            var name = node.Version is null ? node.Name : $"{node.Name}.v{Val.Str(node.Version)}";
            if (date < now)
            {
                session.Log.Warn("DeprecatedModel", $"Model {name} has passed its deprecation date of {Val.Str(node.DeprecationDate)}. This model should be disabled or removed.", node.OriginalFilePath);
            }

            foreach (var child in manifest.Nodes.Values.Where(child => child.ResourceType is DbtResourceType.Model && child.DependsOnNodes.Contains(node.UniqueId, StringComparer.Ordinal)))
            {
                var better = node.Version is not null && Val.Str(node.Version) != Val.Str(node.LatestVersion)
                    ? $" A new version of '{node.Name}' is available. {(date < now ? "Migrate now" : "Try it out")}: {{{{ ref('{node.PackageName}', '{node.Name}', v='{Val.Str(node.LatestVersion)}') }}}}."
                    : " ";
                session.Log.Warn(date < now ? "DeprecatedReference" : "UpcomingReferenceDeprecation",
                    $"While compiling '{child.Name}': Found a reference to {name}, which {(date < now ? "was deprecated on" : "is slated for deprecation on")} '{Val.Str(node.DeprecationDate)}'.{better}", child.OriginalFilePath);
            }
        }
    }
}
