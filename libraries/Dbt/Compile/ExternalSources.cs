using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Compile;

/// <summary>Sources that are files: <c>external_location</c> in a source's meta or config, as dbt-duckdb reads it.</summary>
internal static class ExternalSources
{
    public static string? Location(DbtNode node)
    {
        var template = (node.Config.Get("external_location") ?? node.Meta.Get("external_location") ?? node.Config.GetMap("meta")?.Get("external_location")) as string;
        if (template is null)
        {
            return null;
        }

        var values = new DbtMap { ["schema"] = node.Schema, ["name"] = node.Name, ["identifier"] = node.Identifier, ["source_name"] = node.Source!.SourceName, ["database"] = node.Database };
        values.Update(node.Meta);
        var location = template;
        foreach (var (key, value) in values)
        {
            location = location.Replace("{" + Val.Str(key) + "}", Val.Str(value), StringComparison.Ordinal);
        }

        return location.Contains('(', StringComparison.Ordinal) || location.StartsWith('\'') ? location : $"'{location}'";
    }
}
