using FhirAspire.Dbt.Parse;

namespace FhirAspire.Dbt.Compile;

/// <summary>Who may refer to private and protected models (https://docs.getdbt.com/docs/collaborate/govern/model-access).</summary>
internal static class AccessRules
{
    public static void Check(DbtSession session, DbtNode? from, DbtNode target)
    {
        if (from is null || target.ResourceType != DbtResourceType.Model || from.ResourceType == DbtResourceType.SqlOperation || (from.Test is not null && from.AttachedNode == target.UniqueId))
        {
            return;
        }

        var isRestricted = session.Projects.TryGetValue(target.PackageName, out var project) && project.Rendered.GetBool("restrict-access");
        if (target.Access == "private" && (from.PackageName == target.PackageName || isRestricted) && (target.Group is null || target.Group != from.Group) && from.ResourceType is not DbtResourceType.Exposure)
        {
            throw Error(from, target, "private", $"to the '{target.Group ?? string.Empty}' group", "move the model into the group, or make the other one protected");
        }

        if (target.Access == "protected" && isRestricted && from.PackageName != target.PackageName)
        {
            throw Error(from, target, "protected", $"to the '{target.PackageName}' package", "ask the package to make the model public");
        }
    }

    private static DbtException Error(DbtNode from, DbtNode target, string access, string scope, string hint) =>
        new("DBT2006", DbtErrorKind.Parsing, $"Node {from.UniqueId} attempted to reference node {target.UniqueId}, which is not allowed because the referenced node is {access} {scope}.")
        {
            File = from.OriginalFilePath, Found = $"a reference to the {access} model {target.Name}", Hint = hint,
        };
}
