using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse.Cache;

/// <summary>
/// What an earlier parse of the project knew, for one that follows a change: files that are the same are not read into YAML or macros again, and
/// templates are not rendered again whose text, macros and names are the same. Everything is put together anew from these parts, so that the
/// result is what it would be without them.
/// </summary>
internal sealed class ParseMemory
{
    private static readonly string[] Basic = ["ref", "source", "config"];

    private readonly Manifest earlier;
    private readonly Func<IReadOnlyDictionary<string, DbtMap>> properties;
    private readonly HashSet<string> changed;
    private readonly HashSet<string> warned;
    private readonly ILookup<string, DbtMacro> macros;
    private readonly Dictionary<(DbtResourceType, string, string, string, string), DbtNode> nodes = [];
    private readonly Dictionary<string, DbtNode> tests = new(StringComparer.Ordinal);
    private readonly HashSet<string> changedMacros = new(StringComparer.Ordinal);
    private readonly HashSet<string> changedNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> parsed = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, DbtMacro> present = new Dictionary<string, DbtMacro>(StringComparer.Ordinal);
    private bool isBasicsChanged;

    /// <param name="earlier">The earlier manifest; it stays as it is.</param>
    /// <param name="properties">The YAML of properties files by the key of the file, read when it is first needed.</param>
    /// <param name="changed">The files that are new or have changed.</param>
    /// <param name="warnings">What the earlier parse warned of: these files are read again, to give the warnings again.</param>
    public ParseMemory(Manifest earlier, Func<IReadOnlyDictionary<string, DbtMap>> properties, IEnumerable<SourceFile> changed, IEnumerable<ParseWarning> warnings)
    {
        this.earlier = earlier;
        this.properties = properties;
        this.changed = changed.Select(file => Place(file.Package, file.OriginalFilePath)).ToHashSet(StringComparer.Ordinal);
        warned = warnings.Where(warning => warning.File is not null).Select(warning => warning.File!).ToHashSet(StringComparer.Ordinal);
        macros = earlier.Macros.Values.ToLookup(macro => Place(macro.PackageName, macro.OriginalFilePath), StringComparer.Ordinal);
        foreach (var node in earlier.Nodes.Values.Concat(earlier.Disabled.Values.SelectMany(list => list)).Where(node => node.Template is not null))
        {
            if (node.Test is not null)
            {
                tests.TryAdd(node.UniqueId, node);
            }
            else
            {
                nodes.TryAdd(Key(node), node);
            }
        }

        parsed.UnionWith(this.changed);
    }

    /// <summary>How many files were read, or had a template rendered.</summary>
    public int ParsedFiles => parsed.Count;

    /// <summary>The macros of a file that is the same, without what properties say of them; null for another.</summary>
    public IEnumerable<DbtMacro>? Macros(SourceFile file) => IsSame(file.Package, file.OriginalFilePath)
        ? macros[Place(file.Package, file.OriginalFilePath)].Select(macro => new DbtMacro
        {
            UniqueId = macro.UniqueId, Name = macro.Name, PackageName = macro.PackageName, OriginalFilePath = macro.OriginalFilePath, MacroSql = macro.MacroSql, Line = macro.Line, Template = macro.Template, SupportedLanguages = macro.SupportedLanguages,
        })
        : null;

    /// <summary>The YAML of a file that is the same; null for another.</summary>
    public DbtMap? Properties(SourceFile file)
    {
        var same = IsSame(file.Package, file.OriginalFilePath) ? properties().GetValueOrDefault(file.Key) : null;
        if (same is null)
        {
            parsed.Add(Place(file.Package, file.OriginalFilePath));
        }

        return same;
    }

    /// <summary>Learns which macros are not what they were.</summary>
    public void Compare(Manifest manifest)
    {
        present = manifest.Macros;
        foreach (var macro in manifest.Macros.Values)
        {
            if (!earlier.Macros.TryGetValue(macro.UniqueId, out var before))
            {
                changedNames.Add(macro.Name);
            }
            else if (!string.Equals(before.Template, macro.Template, StringComparison.Ordinal))
            {
                changedMacros.Add(macro.UniqueId);
            }
        }

        changedNames.UnionWith(earlier.Macros.Values.Where(macro => !manifest.Macros.ContainsKey(macro.UniqueId)).Select(macro => macro.Name));
        isBasicsChanged = changedNames.Overlaps(Basic);
    }

    /// <summary>Gives a node what its template gave before, and the macros that it called; false where the template must be rendered.</summary>
    public bool TryRecall(DbtNode node, List<DbtMacro> called)
    {
        var before = node.Test is not null ? IsSame(node.PackageName, node.OriginalFilePath) ? tests.GetValueOrDefault(node.UniqueId) : null : nodes.GetValueOrDefault(Key(node));
        if (before?.Template is not { IsVolatile: false } template || before.RawCode != node.RawCode || isBasicsChanged || template.Ran.Exists(changedMacros.Contains) || template.Names.Exists(changedNames.Contains)
            || !template.Macros.TrueForAll(present.ContainsKey))
        {
            parsed.Add(Place(node.PackageName, node.OriginalFilePath));
            return false;
        }

        node.Template = template;
        node.Refs.AddRange(before.Refs.Take(template.Refs));
        node.Sources.AddRange(before.Sources.Take(template.Sources));
        foreach (var (key, value) in before.ConfigCall)
        {
            node.ConfigCall[key] = Val.DeepCopy(value);
        }

        called.AddRange(template.Macros.Select(id => present[id]));
        return true;
    }

    private bool IsSame(string package, string path) => !changed.Contains(Place(package, path)) && !warned.Contains(path);

    // A model may get another name by its version; a file has one model.
    private static (DbtResourceType, string, string, string, string) Key(DbtNode node) =>
        (node.ResourceType, node.PackageName, node.OriginalFilePath, node.ResourceType == DbtResourceType.Model ? string.Empty : node.Name, node.RawCode);

    private static string Place(string package, string path) => $"{package}://{path}";
}
