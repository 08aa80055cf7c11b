using FhirAspire.Dbt.Parse;

namespace FhirAspire.Dbt.Compile;

/// <summary>
/// Which macro a name means. Without a package: the package of the node, then the root project, then dbt's own.
/// With one: that package; <c>dbt</c> means dbt's own, those of the adapter first.
/// </summary>
internal sealed class MacroIndex
{
    private readonly string root;
    private readonly string adapterType;
    private readonly Dictionary<string, Dictionary<string, DbtMacro>> packages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DbtMacro> internals = new(StringComparer.Ordinal);
    private readonly Func<string, List<string>?> searchOrder;

    /// <param name="macros">Every macro.</param>
    /// <param name="root">The root project's name.</param>
    /// <param name="adapterType">The adapter, for dispatch.</param>
    /// <param name="internalPackages">Packages of dbt and its adapter, least specific first.</param>
    /// <param name="searchOrder">The packages in which the project looks for macros of a namespace.</param>
    public MacroIndex(IEnumerable<DbtMacro> macros, string root, string adapterType, IReadOnlyList<string> internalPackages, Func<string, List<string>?> searchOrder)
    {
        this.root = root;
        this.adapterType = adapterType;
        this.searchOrder = searchOrder;
        foreach (var macro in macros)
        {
            if (!packages.TryGetValue(macro.PackageName, out var own))
            {
                packages[macro.PackageName] = own = new Dictionary<string, DbtMacro>(StringComparer.Ordinal);
            }

            own[macro.Name] = macro;
        }

        foreach (var package in internalPackages)
        {
            foreach (var (name, macro) in packages.GetValueOrDefault(package) ?? [])
            {
                internals[name] = macro;
            }
        }

        InternalPackages = internalPackages;
    }

    public IReadOnlyList<string> InternalPackages { get; }

    public IEnumerable<string> PackageNames => packages.Keys.Where(name => !InternalPackages.Contains(name, StringComparer.Ordinal)).Append("dbt");

    public IEnumerable<string> Names => packages.Values.SelectMany(own => own.Keys);

    /// <summary>The packages, but for dbt's own, that have a macro of a name.</summary>
    public IEnumerable<string> PackagesWith(string name) => packages.Where(entry => entry.Value.ContainsKey(name) && !InternalPackages.Contains(entry.Key, StringComparer.Ordinal)).Select(entry => entry.Key);

    /// <summary>The macro of a bare name, as seen from a package.</summary>
    public DbtMacro? Find(string name, string fromPackage) =>
        packages.TryGetValue(fromPackage, out var local) && local.TryGetValue(name, out var macro) ? macro
        : packages.TryGetValue(root, out var own) && own.TryGetValue(name, out macro) ? macro
        : internals.GetValueOrDefault(name);

    /// <summary>The macro of a bare name as dbt finds it while it reads what macros call: the root project's, then any package's, then dbt's own.</summary>
    public DbtMacro? FindByName(string name) =>
        packages.TryGetValue(root, out var own) && own.TryGetValue(name, out var macro) ? macro
        : packages.Where(entry => !InternalPackages.Contains(entry.Key, StringComparer.Ordinal)).Select(entry => entry.Value.GetValueOrDefault(name)).LastOrDefault(found => found is not null)
        ?? internals.GetValueOrDefault(name);

    /// <summary>The macro of a package.</summary>
    public DbtMacro? FindIn(string package, string name) =>
        package == "dbt" || InternalPackages.Contains(package, StringComparer.Ordinal)
            ? internals.GetValueOrDefault(name)
            : packages.TryGetValue(package, out var own) ? own.GetValueOrDefault(name) : null;

    public bool HasPackage(string package) => package == "dbt" || packages.ContainsKey(package);

    /// <summary>The macro of a name in whatever package has one.</summary>
    public DbtMacro? FindAnywhere(string name) => packages.Values.Select(own => own.GetValueOrDefault(name)).FirstOrDefault(macro => macro is not null);

    public IEnumerable<string> NamesIn(string package) => package == "dbt" ? internals.Keys : packages.TryGetValue(package, out var own) ? own.Keys : [];

    /// <summary>The implementation that <c>adapter.dispatch</c> finds, or null; and the names that were tried.</summary>
    public DbtMacro? Dispatch(string name, string? macroNamespace, string? fromPackage, List<string>? tried = null)
    {
        IReadOnlyList<string?> searched = macroNamespace is null ? new string?[] { null }
            : searchOrder(macroNamespace) is { } order ? order
            : packages.ContainsKey(macroNamespace) || macroNamespace == "dbt" ? [root, macroNamespace]
            : new string?[] { null };
        foreach (var package in searched)
        {
            foreach (var prefix in new[] { adapterType, "default" })
            {
                var candidate = $"{prefix}__{name}";
                tried?.Add(package is null ? candidate : $"{package}.{candidate}");
                // Without a package what counts is where the node stands that is rendered, not the macro that asks.
                var found = package is null ? (fromPackage is null ? FindByName(candidate) : Find(candidate, fromPackage)) : FindIn(package, candidate);
                if (found is not null)
                {
                    return found;
                }
            }
        }

        return null;
    }

    /// <summary>The materialization of a name: one for the adapter before a default one, then the nearest package.</summary>
    public DbtMacro? Materialization(string name)
    {
        foreach (var suffix in new[] { adapterType, "default" })
        {
            var macroName = $"materialization_{name}_{suffix}";
            if (packages.TryGetValue(root, out var own) && own.TryGetValue(macroName, out var macro))
            {
                return macro;
            }

            // A package may bring materializations of its own, but not replace those of dbt.
            if (internals.TryGetValue(macroName, out macro))
            {
                return macro;
            }

            foreach (var (package, macros) in packages)
            {
                if (package != root && macros.TryGetValue(macroName, out macro))
                {
                    return macro;
                }
            }
        }

        return null;
    }
}
