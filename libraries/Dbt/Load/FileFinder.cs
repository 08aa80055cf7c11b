namespace FhirAspire.Dbt.Load;

/// <summary>Finds the files of a project by the folders that <c>dbt_project.yml</c> names.</summary>
internal static class FileFinder
{
    public static List<SourceFile> Find(DbtProject project)
    {
        var ignore = DbtIgnore.Read(project.Root);
        var files = new List<SourceFile>();
        void Search(FileKind kind, IEnumerable<string> folders, Func<string, bool>? isTaken, params string[] extensions)
        {
            foreach (var folder in folders)
            {
                Walk(project, kind, folder.TrimEnd('/').Replace('\\', '/'), ignore, isTaken, extensions, files);
            }
        }

        var tests = project.TestPaths;
        Search(FileKind.Macro, project.MacroPaths, null, ".sql");
        Search(FileKind.GenericTest, tests.Select(path => $"{path.TrimEnd('/')}/generic"), null, ".sql");
        Search(FileKind.Model, project.ModelPaths, null, ".sql", ".py");
        Search(FileKind.Snapshot, project.SnapshotPaths, null, ".sql");
        Search(FileKind.Analysis, project.AnalysisPaths, null, ".sql");
        Search(FileKind.SingularTest, tests, path => !path.StartsWith("generic/", StringComparison.Ordinal) && !path.StartsWith("fixtures/", StringComparison.Ordinal), ".sql");
        Search(FileKind.Seed, project.SeedPaths, null, ".csv");
        Search(FileKind.Documentation, project.DocsPaths, null, ".md");
        Search(FileKind.Schema, project.AllSourcePaths, null, ".yml", ".yaml");
        Search(FileKind.Fixture, tests.Select(path => $"{path.TrimEnd('/')}/fixtures"), null, ".csv", ".sql");
        return files;
    }

    private static void Walk(DbtProject project, FileKind kind, string folder, DbtIgnore ignore, Func<string, bool>? isTaken, string[] extensions, List<SourceFile> files)
    {
        var root = Path.GetFullPath(Path.Combine(project.Root, folder));
        if (!Directory.Exists(root))
        {
            return;
        }

        var found = new List<(string Relative, FileInfo File)>();
        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, MaxRecursionDepth = 64 };
        foreach (var file in new DirectoryInfo(root).EnumerateFiles("*", options))
        {
            var extension = Array.Find(extensions, suffix => file.Name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
            if (extension is null || file.Name[0] is '.' or '#' or '~')
            {
                continue;
            }

            var relative = Path.GetRelativePath(root, file.FullName).Replace('\\', '/');
            if ((isTaken is null || isTaken(relative)) && !ignore.Ignores($"{folder}/{relative}"))
            {
                found.Add((relative, file));
            }
        }

        found.Sort((a, b) => string.CompareOrdinal(a.Relative, b.Relative));
        files.AddRange(found.Select(item => new SourceFile(project.Name, kind, item.File.FullName, folder, item.Relative, item.File.Length, item.File.LastWriteTimeUtc.Ticks)));
    }
}
