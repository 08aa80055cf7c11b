using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Compile;

/// <summary>Finds the node or source that a name means: in the own package first, then in the root project, then anywhere.</summary>
internal static class ReferenceResolver
{
    public static DbtNode? Node(Manifest manifest, RefArgs args, string root, string package) => manifest.Lookup.Node(args, root, package);

    public static DbtNode? Source(Manifest manifest, string source, string table, string root, string package) => manifest.Lookup.Source(source, table, root, package);

    public static DbtException MissingNode(Manifest manifest, DbtNode? from, RefArgs args, string root)
    {
        var disabled = manifest.Disabled.Values.SelectMany(list => list).FirstOrDefault(node => node.Name == args.Name && (args.Package is null || node.PackageName == args.Package)
            && node.ResourceType is DbtResourceType.Model or DbtResourceType.Seed or DbtResourceType.Snapshot && (args.Version is null || Val.Str(node.Version) == args.Version));
        var version = args.Version is null ? string.Empty : $" with version '{args.Version}'";
        var package = args.Package is null ? string.Empty : $" in package or project '{args.Package}'";
        var known = manifest.Nodes.Values.Where(node => node.ResourceType is DbtResourceType.Model or DbtResourceType.Seed or DbtResourceType.Snapshot).Select(node => node.Name);
        var text = $"depends on a node named '{args.Name}'{version}{package} which {(disabled is null ? "was not found" : "is disabled")}";
        _ = root;
        return new DbtException("DBT2001", DbtErrorKind.Compilation, $"{Who(from)} {text}")
        {
            File = from?.OriginalFilePath,
            Line = from is null ? null : LineOf(from, args.Name),
            Found = $"ref('{args.Name}')",
            Expected = disabled is null ? "a model, seed or snapshot of this name" : $"{args.Name} to be enabled ({disabled.OriginalFilePath})",
            Hint = disabled is null ? Text.DidYouMean(args.Name, known) : "set enabled: true, or remove the reference",
        };
    }

    public static DbtException MissingSource(Manifest manifest, DbtNode? from, string source, string table)
    {
        var isDisabled = manifest.Disabled.Values.SelectMany(list => list).Any(node => node.Source?.SourceName == source && node.Name == table);
        var known = manifest.Sources.Values.Select(node => $"{node.Source!.SourceName}.{node.Name}");
        return new DbtException("DBT2002", DbtErrorKind.Compilation, $"{Who(from)} depends on a source named '{source}.{table}' which {(isDisabled ? "is disabled" : "was not found")}")
        {
            File = from?.OriginalFilePath,
            Line = from is null ? null : LineOf(from, table),
            Found = $"source('{source}', '{table}')",
            Expected = "a table of a source in a properties file",
            Hint = isDisabled ? "set enabled: true, or remove the reference" : Text.DidYouMean($"{source}.{table}", known),
        };
    }

    private static string Who(DbtNode? from) => from is null ? "The operation" : $"{from.ResourceType.Title()} '{from.UniqueId}' ({from.OriginalFilePath})";

    private static int? LineOf(DbtNode node, string name)
    {
        var at = node.RawCode.IndexOf(name, StringComparison.Ordinal);
        return at < 0 || node.Test is not null ? node.Line == 0 ? null : node.Line : Text.Position(node.RawCode, at).Line + node.LineOffset;
    }
}
