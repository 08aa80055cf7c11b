using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Parse.Cache;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>
/// The manifest of a project. It is stored below the target folder: when nothing has changed it is read from there; when only bodies of
/// models, singular tests, analyses or seeds have changed, these alone are parsed again; after other changes of files the manifest is put together
/// anew from the parts that are the same and those that are parsed again. When variables, the profile or a project's configuration have changed,
/// everything is parsed.
/// </summary>
internal static class ManifestCache
{
    public const string FileName = "partial_parse.bin";

    public static Manifest Load(DbtSession session)
    {
        var files = session.Projects.Values.Where(project => !Adapters.InternalPackages.IsInternal(project.Name)).ToDictionary(project => project.Name, FileFinder.Find, StringComparer.Ordinal);
        var all = files.Values.SelectMany(list => list).Concat(Selectors(session)).ToList();
        var path = session.Options.Text("partial_parse_file_path") ?? Path.Combine(session.TargetFolder, FileName);
        var surroundings = Fingerprint.Surroundings(session);
        var stored = session.Options.PartialParse ? Read(session, path, surroundings) : null;
        var manifest = stored is null ? null : Reuse(session, stored, all, path);
        if (manifest is null)
        {
            var warnings = new List<ParseWarning>();
            session.Log.Recording = warnings;
            session.IsParsing = true;
            session.EnvironmentRead.Clear();
            session.OptionsRead = false;
            if (stored is not null)
            {
                session.Memory = stored.Memory(all);
                Recall(session, stored.Header);
            }

            var parser = new ProjectParser(session, files);
            try
            {
                manifest = parser.Parse();
                session.ParsedFiles = session.Memory?.ParsedFiles ?? all.Count;
            }
            finally
            {
                session.Log.Recording = null;
                session.IsParsing = false;
                session.Memory = null;
            }

            Write(session, path, manifest, new CacheHeader { Surroundings = surroundings, Files = all.ConvertAll(file => stored?.Same(file) is { } before ? before with { Modified = file.Modified } : Fingerprint.Of(file)), Warnings = warnings }, parser.Properties);
        }

        session.Log.Debug($"Parsed {session.ParsedFiles} of {all.Count} files");
        ConfigHints.Say(session, manifest);
        Deprecations.Warn(session, manifest);
        return manifest;
    }

    private static IEnumerable<SourceFile> Selectors(DbtSession session)
    {
        var file = new FileInfo(Path.Combine(session.Root.Root, "selectors.yml"));
        return file.Exists ? [new SourceFile(session.Root.Name, FileKind.Schema, file.FullName, ".", file.Name, file.Length, file.LastWriteTimeUtc.Ticks)] : [];
    }

    private static StoredManifest? Read(DbtSession session, string path, string surroundings)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            var archive = new Archive(new BinaryReader(new MemoryStream(File.ReadAllBytes(path))));
            var header = new CacheHeader();
            header.Pass(archive);
            var options = header.Options.Length == 0 || header.Options == Fingerprint.Options(session);
            if (header.Surroundings != surroundings || !options || header.Environment.Exists(item => item.Hash != EnvironmentHash(session, item.Name)))
            {
                session.Log.Debug("Profile, variables, options or projects have changed since the last parse: everything is parsed");
                return null;
            }

            var manifest = new Manifest { ProjectName = session.Root.Name, AdapterType = session.Adapter.Type };
            ManifestArchive.Pass(archive, manifest);
            return new StoredManifest(header, manifest, File.GetLastWriteTimeUtc(path).Ticks, archive);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or InvalidCastException or ArgumentException or FormatException or NullReferenceException or OverflowException)
        {
            // Whatever is wrong with the file, the project itself is there to be parsed.
            session.Log.Debug($"The stored manifest {path} is of no use: {exception.Message}");
            return null;
        }
    }

    // What was read of the environment counts as long as parts of the earlier parse do.
    private static void Recall(DbtSession session, CacheHeader header)
    {
        foreach (var (name, _) in header.Environment)
        {
            session.EnvironmentRead[name] = session.EnvironmentVariables.GetValueOrDefault(name);
        }

        session.OptionsRead = header.Options.Length > 0;
    }

    private static Manifest? Reuse(DbtSession session, StoredManifest stored, List<SourceFile> files, string path)
    {
        var (header, manifest) = (stored.Header, stored.Manifest);
        if (header.Files.Count != files.Count || !files.TrueForAll(stored.Knows))
        {
            return null;
        }

        var changed = files.FindAll(file => stored.Same(file) is null);
        Recall(session, header);
        session.Macros = new MacroIndex(manifest.Macros.Values, session.Root.Name, session.Adapter.Type, Adapters.InternalPackages.Names(session.Adapter.Type), session.Root.SearchOrder);
        session.Manifest = manifest;
        var warnings = header.Warnings.Where(warning => !changed.Exists(file => file.OriginalFilePath == warning.File)).ToList();
        if (changed.Count > 0)
        {
            var update = new ManifestUpdate(session, manifest);
            session.IsParsing = true;
            session.Log.Recording = [];
            try
            {
                if (!changed.TrueForAll(update.TryPrepare))
                {
                    return null;
                }

                update.Apply();
            }
            finally
            {
                session.IsParsing = false;
                warnings.AddRange(session.Log.Recording);
                session.Log.Recording = null;
            }

            session.ParsedFiles = changed.Count;
        }

        manifest.BuildParentAndChildMaps();
        if (changed.Count > 0)
        {
            Write(session, path, manifest, new CacheHeader { Surroundings = header.Surroundings, Files = files.ConvertAll(file => stored.Same(file) is { } before ? before with { Modified = file.Modified } : Fingerprint.Of(file)), Warnings = warnings }, stored.Properties);
        }

        foreach (var warning in header.Warnings.Where(warning => !changed.Exists(file => file.OriginalFilePath == warning.File)))
        {
            session.Log.Repeat(warning);
        }

        return manifest;
    }

    private static void Write(DbtSession session, string path, Manifest manifest, CacheHeader header, IReadOnlyDictionary<string, DbtMap> properties)
    {
        header.Environment = [.. session.EnvironmentRead.Keys.Order(StringComparer.Ordinal).Select(name => (name, EnvironmentHash(session, name)))];
        header.Options = session.OptionsRead ? Fingerprint.Options(session) : string.Empty;
        var temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.tmp";
        try
        {
            using var stream = new MemoryStream();
            using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            {
                var archive = new Archive(writer);
                header.Pass(archive);
                ManifestArchive.Pass(archive, manifest);
                StoredManifest.PassProperties(archive, properties);
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var file = File.Create(temporary))
            {
                stream.WriteTo(file);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            // Without the file the next run parses the project again, which is slower and nothing else.
            session.Log.Debug($"The manifest cannot be stored in {path}: {exception.Message}");
            File.Delete(temporary);
            File.Delete(path);
        }
    }

    // The values themselves may be secret.
    private static string? EnvironmentHash(DbtSession session, string name) => session.EnvironmentVariables.TryGetValue(name, out var value) ? Fingerprint.OfText(value) : null;
}
