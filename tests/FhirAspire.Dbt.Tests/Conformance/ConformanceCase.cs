using FhirAspire.Warehouse.DuckDb;
using YamlDotNet.RepresentationModel;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>One case of the pack: a project, and steps that are run on it one after the other in one workspace.</summary>
internal sealed class ConformanceCase(string folder)
{
    public string Name => Path.GetFileName(folder);

    /// <summary>Runs every step and compares it with what dbt gave.</summary>
    /// <param name="packProfiles">The profiles of projects that have none.</param>
    /// <param name="schemas">dbt's schemas of artifacts, where they are there.</param>
    /// <returns>One line for each difference.</returns>
    public async Task<IReadOnlyList<string>> RunAsync(string packProfiles, ArtifactSchemas? schemas)
    {
        var workspace = Directory.CreateTempSubdirectory("fhiraspire-dbt-").FullName;
        try
        {
            CopyFolder(Path.Combine(folder, "project"), workspace);
            if (!File.Exists(Path.Combine(workspace, "profiles.yml")))
            {
                CopyFile(packProfiles, Path.Combine(workspace, "profiles.yml"));
            }

            var description = ReadYaml(Path.Combine(folder, "case.yml"));
            var differences = new List<string>();
            var number = 0;
            foreach (var step in ((YamlSequenceNode)description.Children["steps"]).Cast<YamlMappingNode>())
            {
                number++;
                var command = Text(step, "run")!;
                var id = Text(step, "id") ?? CommandWord(command);
                var expected = Directory.EnumerateDirectories(Path.Combine(folder, "expected"), $"{number:D2}-*").Single();
                var output = await RunStepAsync(workspace, description, step, command);
                var found = await StepComparison.RunAsync(expected, workspace, output, Masks(description), new StepKind(command, number == 1 || step.Children.ContainsKey("overlay")));
                differences.AddRange(found.Concat(schemas?.Check(workspace) ?? []).Select(line => $"{number:D2}-{id}: {line}"));
            }

            return differences;
        }
        finally
        {
            Directory.Delete(workspace, recursive: true);
        }
    }

    private async Task<StepOutput> RunStepAsync(string workspace, YamlMappingNode description, YamlMappingNode step, string command)
    {
        foreach (var path in Texts(step, "remove").Select(relative => Path.Combine(workspace, relative)))
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }
        }

        if (Text(step, "overlay") is { } overlay)
        {
            CopyFolder(Path.Combine(folder, "changes", overlay), workspace);
        }

        await RunSqlAsync(workspace, [.. Texts(step, "sql")]);
        if (step.Children.TryGetValue("copy", out var copies))
        {
            foreach (var (from, to) in (YamlMappingNode)copies)
            {
                CopyFolder(Path.Combine(workspace, from.ToString()), Path.Combine(workspace, to.ToString()));
            }
        }

        foreach (var stale in new[] { "target/compiled", "target/run", "logs" }.Select(relative => Path.Combine(workspace, relative)).Where(Directory.Exists))
        {
            Directory.Delete(stale, recursive: true);
        }

        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DBT_PROFILES_DIR"] = workspace, ["HOME"] = workspace };
        foreach (var source in new[] { description, step })
        {
            if (source.Children.TryGetValue("env", out var variables))
            {
                foreach (var (name, value) in (YamlMappingNode)variables)
                {
                    environment[name.ToString()] = value.ToString();
                }
            }
        }

        var arguments = Split(command)[1..];
        var output = new StepOutput();
        await using var errors = new StringWriter();
        output.ExitCode = await DbtCommandLine.RunAsync(arguments, TextWriter.Null, errors, output, environment, projectDirectory: workspace);
        output.ErrorText = errors.ToString();
        return output;
    }

    private static async Task RunSqlAsync(string workspace, IReadOnlyList<string> statements)
    {
        if (statements.Count == 0)
        {
            return;
        }

        await using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(workspace, "conformance.duckdb") });
        await using var session = await warehouse.OpenAsync();
        foreach (var statement in statements)
        {
            await session.ExecuteAsync(statement);
        }
    }

    private static HashSet<string> Masks(YamlMappingNode description)
    {
        var masks = new HashSet<string>(StringComparer.Ordinal);
        if (description.Children.TryGetValue("mask", out var node))
        {
            foreach (var (relation, columns) in (YamlMappingNode)node)
            {
                masks.UnionWith(((YamlSequenceNode)columns).Select(column => $"{relation}.{column}"));
            }
        }

        return masks;
    }

    private static string CommandWord(string command) => Split(command).Skip(1).First(word => !word.StartsWith('-'));

    // The words of a command line as a POSIX shell splits them: quotes and backslashes, no expansion.
    private static string[] Split(string command)
    {
        var words = new List<string>();
        var word = new System.Text.StringBuilder();
        var (quote, isOpen) = ('\0', false);
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (isOpen)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                isOpen = false;
                continue;
            }

            isOpen = true;
            if (c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '\'' or '"' && quote == '\0')
            {
                quote = c;
            }
            else if (c == '\\' && quote != '\'' && i + 1 < command.Length)
            {
                word.Append(command[++i]);
            }
            else
            {
                word.Append(c);
            }
        }

        return isOpen ? [.. words, word.ToString()] : [.. words];
    }

    private static YamlMappingNode ReadYaml(string path)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(path);
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    private static string? Text(YamlMappingNode node, string key) => node.Children.TryGetValue(key, out var value) ? value.ToString() : null;

    private static IEnumerable<string> Texts(YamlMappingNode node, string key) => !node.Children.TryGetValue(key, out var value) ? []
        : value is YamlSequenceNode list ? list.Select(item => item.ToString()) : [value.ToString()];

    private static void CopyFolder(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            CopyFile(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    private static void CopyFile(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        // The pack may be read-only; the workspace is not.
        File.WriteAllBytes(to, File.ReadAllBytes(from));
    }
}
