using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Reads a project and its packages into a manifest.</summary>
/// <param name="session">What the run knows.</param>
/// <param name="files">The files of each project.</param>
internal sealed class ProjectParser(DbtSession session, Dictionary<string, List<SourceFile>> files)
{
    private readonly Manifest manifest = new() { ProjectName = session.Root.Name, AdapterType = session.Adapter.Type };

    /// <summary>The YAML of the properties files that were read, by the key of the file.</summary>
    public Dictionary<string, DbtMap> Properties { get; } = new(StringComparer.Ordinal);

    public Manifest Parse()
    {
        var projects = session.Projects.Values.Where(project => !InternalPackages.IsInternal(project.Name)).ToList();
        ReadMacros(projects);
        session.Manifest = manifest;
        var factory = new NodeFactory(session);
        var nodes = new NodeFiles(factory, manifest);
        foreach (var project in projects)
        {
            nodes.Read(project, files[project.Name]);
        }

        CheckNames();
        ReadProperties(factory, projects);
        CheckSpaces();
        if (LoadSelectors() is { } selectors)
        {
            manifest.Selectors = selectors;
        }

        new ManifestFinisher(session, manifest).Finish();
        return manifest;
    }

    private void ReadMacros(List<DbtProject> projects)
    {
        foreach (var macro in InternalPackages.Macros(session.Adapter.Type))
        {
            manifest.Macros[macro.UniqueId] = macro;
        }

        foreach (var project in projects)
        {
            foreach (var file in files[project.Name].Where(file => file.Kind is FileKind.Macro or FileKind.GenericTest))
            {
                var known = session.Memory?.Macros(file);
                foreach (var macro in known ?? MacroReader.Read(file.Positioned, project.Name, file.OriginalFilePath))
                {
                    if (known is null)
                    {
                        session.Templates.Check(macro);
                    }

                    if (manifest.Macros.TryGetValue(macro.UniqueId, out var other))
                    {
                        throw new DbtException("DBT2204", DbtErrorKind.Compilation,
                            $"dbt found multiple macros named \"{macro.Name}\" in the project \"{project.Name}\".\n All macros require unique names, to fix this error rename or remove any\n duplicates. They can be found in these files:\n    - {other.OriginalFilePath}\n    - {macro.OriginalFilePath}")
                        {
                            File = macro.OriginalFilePath, Line = macro.Line, Found = $"{other.OriginalFilePath}:{other.Line} and {macro.OriginalFilePath}:{macro.Line}", Expected = "names that differ",
                        };
                    }

                    manifest.Macros[macro.UniqueId] = macro;
                }
            }
        }

        session.Memory?.Compare(manifest);
        session.Macros = new MacroIndex(manifest.Macros.Values, session.Root.Name, session.Adapter.Type, InternalPackages.Names(session.Adapter.Type), session.Root.SearchOrder);
        MacroDependencies.Find(manifest, session.Macros);
    }

    private void ReadProperties(NodeFactory factory, List<DbtProject> projects)
    {
        var fixtures = new Dictionary<(string, string, string), SourceFile>();
        foreach (var file in files.Values.SelectMany(list => list).Where(file => file.Kind == FileKind.Fixture))
        {
            fixtures[(file.Package, file.Name, System.IO.Path.GetExtension(file.RelativePath).TrimStart('.').ToLowerInvariant())] = file;
        }

        var tests = new GenericTests(factory, manifest);
        var units = new UnitTestReader(factory, manifest, fixtures);
        var sources = new SourceReader(factory, manifest, tests);
        var reader = new PropertiesReader(factory, manifest, tests, units, sources);
        foreach (var project in projects)
        {
            var renderer = new ProjectRenderer(session, project.Name);
            foreach (var file in files[project.Name].Where(file => file.Kind == FileKind.Schema))
            {
                try
                {
                    var read = PropertiesFile.Read(project, file, renderer, session.Memory?.Properties(file));
                    // Anchors may be cyclic; such a file is read each time.
                    if (!file.Contents.Contains('&', StringComparison.Ordinal))
                    {
                        Properties[file.Key] = read.Content;
                    }

                    ConfigHints.Say(session, read);
                    reader.Read(read);
                }
                catch (DbtException exception)
                {
                    throw exception.With(file: file.OriginalFilePath);
                }
            }
        }

        manifest.ForgetLookup();
        tests.MakeAll();
        sources.MakeAll();
        manifest.ForgetLookup();
        units.MakeAll();
    }

    private void CheckNames()
    {
        var seen = new Dictionary<(string Package, string Name), DbtNode>();
        foreach (var node in manifest.Nodes.Values.Where(node => node.ResourceType is DbtResourceType.Model or DbtResourceType.Seed or DbtResourceType.Snapshot))
        {
            if (seen.TryAdd((node.PackageName, node.Name), node))
            {
                continue;
            }

            // Resources of two types may still have one name, as long as they are two relations.
            var other = seen[(node.PackageName, node.Name)];
            if (node.ResourceType == other.ResourceType || session.Options.Flag("require_unique_project_resource_names") == true)
            {
                throw NodeFiles.Duplicate(node, other);
            }

            session.Log.Warn("DuplicateNameDistinctNodeTypesDeprecation", $"Found resources with the same name '{node.Name}' in package '{node.PackageName}': '{other.UniqueId}' and '{node.UniqueId}'. Please update one of the resources to have a unique name.", node.OriginalFilePath);
        }
    }

    private void CheckSpaces()
    {
        var bad = manifest.Nodes.Values.Where(node => node.Name.Contains(' ', StringComparison.Ordinal)).ToList();
        if (bad.Count == 0)
        {
            return;
        }

        if (session.Options.Flag("require_resource_names_without_spaces") == false)
        {
            session.Log.Warn("ResourceNamesWithSpacesDeprecation", $"Spaces found in {bad.Count} resource name{(bad.Count == 1 ? string.Empty : "s")}, first in `{bad[0].UniqueId}`", bad[0].OriginalFilePath);
            return;
        }

        throw new DbtException("DBT2207", DbtErrorKind.Runtime, $"Resource names cannot contain spaces:\n{string.Join('\n', bad.Select(node => $"  * '{node.UniqueId}' ({node.OriginalFilePath})"))}\nPlease rename the invalid model(s) so that their name(s) do not contain any spaces.")
        {
            File = bad[0].OriginalFilePath, Found = bad[0].Name, Expected = "a name without blanks",
        };
    }

    private DbtMap? LoadSelectors()
    {
        var path = System.IO.Path.Combine(session.Root.Root, "selectors.yml");
        if (!File.Exists(path))
        {
            return null;
        }

        var file = YamlReader.ReadMap(File.ReadAllText(path), "selectors.yml");
        var rendered = (DbtMap)YamlRendering.Render(file, new ProjectRenderer(session, session.Root.Name), "selectors.yml", _ => true)!;
        Graph.SelectionParser.FromYaml(rendered, Graph.IndirectSelection.Eager);
        return SelectorsWriter.Expand(rendered);
    }
}
