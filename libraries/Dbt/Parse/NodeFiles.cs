using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Nodes from the files of a project, except properties files.</summary>
internal sealed partial class NodeFiles(NodeFactory factory, Manifest manifest)
{
    public void Read(DbtProject project, IReadOnlyList<SourceFile> files)
    {
        foreach (var file in files)
        {
            switch (file.Kind)
            {
                case FileKind.Model:
                    Add(Sql(project, file, DbtResourceType.Model, file.RelativePath, file.RelativePath));
                    break;
                case FileKind.Snapshot:
                    Snapshots(project, file);
                    break;
                case FileKind.Analysis:
                    Add(Sql(project, file, DbtResourceType.Analysis, $"analysis/{file.RelativePath}", $"analysis/{file.RelativePath}"));
                    break;
                case FileKind.SingularTest:
                    Add(Sql(project, file, DbtResourceType.Test, file.RelativePath, file.RelativePath));
                    break;
                case FileKind.Seed:
                    Seed(project, file);
                    break;
                case FileKind.Documentation:
                    Docs(project, file);
                    break;
            }
        }

        Hooks(project);
    }

    public void Add(DbtNode node)
    {
        if (!node.IsEnabled)
        {
            manifest.AddDisabled(node);
            return;
        }

        if (manifest.Nodes.TryGetValue(node.UniqueId, out var other))
        {
            throw Duplicate(node, other);
        }

        manifest.Nodes[node.UniqueId] = node;
    }

    public static DbtException Duplicate(DbtNode node, DbtNode other)
    {
        var isTest = node.ResourceType == DbtResourceType.Test;
        var on = node.ColumnName is { Length: > 0 } column ? $"column \"{column}\" in " : string.Empty;
        var name = isTest ? $"{node.Name}\" defined on {on}\"{node.FileKeyName}" : node.Name;
        var consequence = $"dbt will be unable to find the correct resource\nwhen {(isTest ? "running tests" : $"looking for ref(\"{node.Name}\")")}.";
        return new DbtException("DBT2201", DbtErrorKind.Compilation,
            $"dbt found two {(isTest ? "data_tests" : node.ResourceType.Name() + "s")} with the name \"{name}\".\n\nSince these resources have the same name, {consequence}\n\nTo fix this, change the name of one of these resources:\n- {node.UniqueId} ({node.OriginalFilePath})\n- {other.UniqueId} ({other.OriginalFilePath})")
        {
            File = node.OriginalFilePath, Found = $"{node.OriginalFilePath} and {other.OriginalFilePath}", Expected = "names that differ", Hint = "rename one of the files",
        };
    }

    public static List<string> Fqn(string package, string path, bool withFile, string name)
    {
        var parts = path.Split('/');
        parts[^1] = System.IO.Path.GetFileNameWithoutExtension(parts[^1]);
        return [package, .. withFile ? parts : parts[..^1], name];
    }

    private DbtNode Sql(DbtProject project, SourceFile file, DbtResourceType type, string path, string fqnPath)
    {
        var node = factory.Create(type, project.Name, file.Name, path, file.OriginalFilePath, Fqn(project.Name, fqnPath, withFile: false, file.Name), file.Contents);
        node.Checksum = file.Checksum;
        node.LineOffset = file.LeadingLines;
        if (file.RelativePath.EndsWith(".py", StringComparison.OrdinalIgnoreCase))
        {
            // Its calls of dbt are read as a template; the rest needs Python, which only running it would.
            node.Language = "python";
            node.RawCode = string.Concat(PythonCall().Matches(WithoutComments(file.Contents)).Select(match => $"{{{{ {match.Groups["call"].Value} }}}}\n"));
            factory.Parse(node);
            node.RawCode = file.Contents;
            return node;
        }

        factory.Parse(node);
        return node;
    }

    private static string WithoutComments(string python) => string.Join('\n', python.Split('\n').Where(line => !line.TrimStart().StartsWith('#')));

    [System.Text.RegularExpressions.GeneratedRegex(@"\bdbt\.(?<call>(?:ref|source|config)\s*\((?:[^()'""]|'[^']*'|""[^""]*""|\((?:[^()])*\))*\))", System.Text.RegularExpressions.RegexOptions.CultureInvariant | System.Text.RegularExpressions.RegexOptions.ExplicitCapture, 1000)]
    private static partial System.Text.RegularExpressions.Regex PythonCall();

    private void Snapshots(DbtProject project, SourceFile file)
    {
        foreach (var block in BlockReader.Read(file.Positioned, file.OriginalFilePath, "snapshot"))
        {
            var node = factory.Create(DbtResourceType.Snapshot, project.Name, block.Name, file.RelativePath, file.OriginalFilePath, Fqn(project.Name, file.RelativePath, withFile: true, block.Name), block.Body);
            node.Checksum = file.Checksum;
            node.Line = block.Line;
            node.LineOffset = block.Line - 1 + block.Full.AsSpan(0, Math.Max(0, block.Full.IndexOf(block.Body, StringComparison.Ordinal))).Count('\n');
            factory.Parse(node);
            Add(node);
        }
    }

    private void Seed(DbtProject project, SourceFile file)
    {
        const long hashed = 1024 * 1024;
        var node = factory.Create(DbtResourceType.Seed, project.Name, file.Name, file.RelativePath, file.OriginalFilePath, Fqn(project.Name, file.RelativePath, withFile: false, file.Name), string.Empty);
        node.RootPath = project.Root;
        if (file.Length > hashed)
        {
            node.ChecksumName = "path";
            node.Checksum = file.OriginalFilePath;
        }
        else
        {
            node.Checksum = file.Checksum;
        }

        factory.Update(node, null);
        Add(node);
    }

    private void Docs(DbtProject project, SourceFile file)
    {
        foreach (var block in BlockReader.Read(file.Positioned, file.OriginalFilePath, "docs"))
        {
            var id = $"doc.{project.Name}.{block.Name}";
            if (manifest.Docs.TryGetValue(id, out var other))
            {
                throw new DbtException("DBT2202", DbtErrorKind.Compilation, $"dbt found two docs with the name \"{block.Name}\".\n\nSince these resources have the same name, dbt will be unable to find the correct resource\nwhen looking for doc(\"{block.Name}\").\n\nTo fix this, change the name of one of these resources:\n- {id} ({file.OriginalFilePath})\n- {id} ({other.OriginalFilePath})")
                {
                    File = file.OriginalFilePath, Line = block.Line, Found = block.Name, Expected = "names that differ",
                };
            }

            manifest.Docs[id] = new DocBlock(id, block.Name, project.Name, file.RelativePath, file.OriginalFilePath, DocText(block, file));
        }
    }

    // The text is a template without variables.
    private string DocText(TemplateBlock block, SourceFile file) => block.Body.Contains("{{", StringComparison.Ordinal) || block.Body.Contains("{%", StringComparison.Ordinal) || block.Body.Contains("{#", StringComparison.Ordinal)
        ? factory.Session.Templates.RenderBare(block.Body, file.OriginalFilePath).Trim()
        : block.Body.Trim();

    private void Hooks(DbtProject project)
    {
        foreach (var (kind, list) in new[] { ("on-run-start", project.OnRunStart), ("on-run-end", project.OnRunEnd) })
        {
            for (var i = 0; i < list.Count; i++)
            {
                var name = $"{project.Name}-{kind}-{i}";
                var path = $"hooks/{name}.sql";
                var node = factory.Create(DbtResourceType.Operation, project.Name, name, path, "./dbt_project.yml", [project.Name, "hooks", name], list[i]);
                node.Tags.Add(kind);
                node.Index = i;
                node.Checksum = Text.Sha256(File.ReadAllText(System.IO.Path.Combine(project.Root, ProjectLoader.FileName)).Trim());
                factory.Parse(node);
                manifest.Nodes[node.UniqueId] = node;
            }
        }
    }
}
