using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>A package that <c>packages.yml</c> or <c>dependencies.yml</c> asks for.</summary>
internal sealed record PackageSpec(DbtMap Entry, string File)
{
    public string? Local => Entry.GetString("local");

    public string? Hub => Entry.GetString("package");

    public string? Git => Entry.GetString("git");

    public string? Tarball => Entry.GetString("tarball");
}

/// <summary>Finds the packages of a project: what is asked for, and what is installed.</summary>
internal static class PackageLoader
{
    /// <summary>What the project's package file asks for; empty without a file.</summary>
    public static List<PackageSpec> Specified(string root, ITemplateRenderer renderer)
    {
        foreach (var file in new[] { "packages.yml", "dependencies.yml" })
        {
            var path = Path.Combine(root, file);
            if (!File.Exists(path))
            {
                continue;
            }

            var map = YamlReader.ReadMap(File.ReadAllText(path), file);
            if (map.Get("packages") is null)
            {
                continue;
            }

            // dependencies.yml takes no templates.
            var rendered = file == "packages.yml" ? (DbtMap)YamlRendering.Render(map, renderer, file, _ => true)! : map;
            if (rendered.Get("packages") is not List<object?> list)
            {
                throw new DbtException("DBT1201", DbtErrorKind.Runtime, $"'packages' in {file} must be a list") { File = file, Line = map.Line, Found = Val.TypeName(rendered.Get("packages")), Expected = "a list of packages" };
            }

            return list.ConvertAll(item => item is DbtMap entry && new[] { "local", "package", "git", "tarball", "private" }.Any(entry.ContainsKey)
                ? new PackageSpec(entry, file)
                : throw new DbtException("DBT1201", DbtErrorKind.Runtime, $"Invalid package in {file}: {Val.Repr(item)}") { File = file, Line = (item as DbtMap)?.Line ?? map.Line, Found = Val.Repr(item), Expected = "an entry with 'local', 'package', 'git' or 'tarball'" });
        }

        return [];
    }

    /// <summary>The installed packages by name.</summary>
    /// <exception cref="DbtException">Fewer are installed than asked for, or two have one name.</exception>
    public static List<DbtProject> Installed(DbtProject root, ITemplateRenderer renderer)
    {
        var specified = Specified(root.Root, renderer);
        var folder = Path.GetFullPath(Path.Combine(root.Root, root.PackagesInstallPath));
        var folders = Directory.Exists(folder)
            ? Directory.GetDirectories(folder).Where(path => !Path.GetFileName(path).StartsWith("__", StringComparison.Ordinal) && File.Exists(Path.Combine(path, ProjectLoader.FileName))).Order(StringComparer.Ordinal).ToList()
            : [];
        if (specified.Count > folders.Count)
        {
            throw new DbtException("DBT1202", DbtErrorKind.Compilation, $"dbt found {specified.Count} package(s) specified in {specified[0].File}, but only {folders.Count} package(s) installed in {root.PackagesInstallPath}. Run \"dbt deps\" to install package dependencies.")
            {
                File = specified[0].File, Found = $"{folders.Count} installed", Expected = $"{specified.Count} installed", Hint = "run 'dbt deps'",
            };
        }

        var packages = new List<DbtProject>();
        foreach (var path in folders)
        {
            var package = ProjectLoader.Load(path, ProjectLoader.ReadRaw(path), renderer);
            if (package.Name == root.Name || packages.Exists(other => other.Name == package.Name))
            {
                throw new DbtException("DBT1203", DbtErrorKind.Compilation, $"dbt found more than one package with the name \"{package.Name}\" included in this project. Package names must be unique in a project. Please rename one of these packages.")
                {
                    File = specified.Count > 0 ? specified[0].File : ProjectLoader.FileName, Found = package.Name, Expected = "names that differ",
                };
            }

            packages.Add(package);
        }

        return packages;
    }
}
