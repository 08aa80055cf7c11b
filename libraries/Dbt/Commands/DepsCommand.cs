using System.Diagnostics;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>deps</c>: installs the packages that <c>packages.yml</c> asks for, and writes the lock file.</summary>
internal static class DepsCommand
{
    private const string LockFile = "package-lock.yml";

    public static async Task<DbtResult> RunAsync(DbtInvocation invocation, EventLog log, CancellationToken cancellation)
    {
        var root = Path.GetFullPath(invocation.ProjectDirectory);
        var environment = invocation.EnvironmentVariables ?? DbtInvocation.ProcessEnvironment();
        var raw = ProjectLoader.ReadRaw(root);
        var templates = new TemplateEngine(invocation.TimeProvider, [], cancellation);
        var renderer = new EarlyRenderer(templates, invocation.Options.Vars, environment, allowSecrets: true, []);
        var project = ProjectLoader.Load(root, raw, new EarlyRenderer(templates, invocation.Options.Vars, environment, allowSecrets: false, []));
        var folder = Path.GetFullPath(project.PackagesInstallPath, root);
        var wanted = PackageLoader.Specified(root, renderer);
        if (wanted.Count == 0)
        {
            log.Warn("DepsNoPackagesFound", "No packages were found in packages.yml");
            return new DbtResult { ExitCode = 0 };
        }

        using var http = new HttpClient();
        var installer = new PackageInstaller(root, folder, new PackageHub(http, environment, cancellation), log, cancellation);
        var hash = Text.Sha256(string.Join('\n', wanted.Select(spec => Val.Repr(spec.Entry))))[..40];
        installer.Pin(invocation.Options.Flag("upgrade") == true ? [] : Locked(root, hash));
        var locked = new OrderedDictionary<string, object?>(StringComparer.Ordinal);
        var open = new Queue<PackageSpec>(wanted);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out var spec))
        {
            if (!seen.Add(Val.Repr(spec.Entry)) || await installer.InstallAsync(spec, renderer).ConfigureAwait(false) is not { } package || (locked.ContainsKey(package.Name) && spec.Hub is null))
            {
                continue;
            }

            locked[package.Name] = package.Entry;
            foreach (var inner in PackageLoader.Specified(Path.Combine(folder, package.Name), renderer))
            {
                open.Enqueue(inner);
            }
        }

        await File.WriteAllTextAsync(Path.Combine(root, LockFile), YamlWriter.Write(new DbtMap { ["packages"] = locked.Values.ToList(), ["sha1_hash"] = hash }), cancellation).ConfigureAwait(false);
        return new DbtResult { ExitCode = 0 };
    }

    // What an earlier run has chosen, for the same package file.
    private static IEnumerable<DbtMap> Locked(string root, string hash)
    {
        var path = Path.Combine(root, LockFile);
        return File.Exists(path) && YamlReader.ReadMap(File.ReadAllText(path), LockFile) is var map && map.GetString("sha1_hash") == hash ? (map.GetList("packages") ?? []).OfType<DbtMap>() : [];
    }
}

/// <summary>Puts one package into the folder of packages.</summary>
internal sealed class PackageInstaller(string root, string folder, PackageHub hub, EventLog log, CancellationToken cancellation)
{
    private readonly Dictionary<string, List<SemanticVersion>> wishes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SemanticVersion> installed = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SemanticVersion> pinned = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> commits = new(StringComparer.Ordinal);

    /// <summary>Keeps to the versions and commits of a lock file as long as they are allowed.</summary>
    public void Pin(IEnumerable<DbtMap> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.GetString("package") is { } package && SemanticVersion.Parse(Val.Str(entry.Get("version"))) is { } version)
            {
                pinned[package] = version;
            }

            if (entry.GetString("git") is { } git && entry.GetString("revision") is { } commit)
            {
                commits[git] = commit;
            }
        }
    }

    /// <returns>The package's name, and its entry of the lock file; null where it is there already.</returns>
    public async Task<(string Name, DbtMap Entry)?> InstallAsync(PackageSpec spec, ITemplateRenderer renderer)
    {
        Directory.CreateDirectory(folder);
        if (spec.Local is { } local)
        {
            return Local(spec, local, renderer);
        }

        if (spec.Git is { } git)
        {
            return await GitAsync(spec, git, renderer).ConfigureAwait(false);
        }

        if (spec.Hub is not null)
        {
            return await HubAsync(spec, renderer).ConfigureAwait(false);
        }

        if (spec.Tarball is { } tarball)
        {
            return await TarballAsync(spec, tarball, renderer).ConfigureAwait(false);
        }

        throw new DbtException("DBT1201", DbtErrorKind.Dependency, "Private packages are fetched by dbt's platform alone") { File = spec.File, Line = spec.Entry.Line, Found = Val.Repr(spec.Entry), Expected = "a local package, or one from git", Hint = "use 'git'" };
    }

    // All that ask for a package have to agree on its version; one that comes later may ask for another than was taken first.
    private async Task<(string Name, DbtMap Entry)?> HubAsync(PackageSpec spec, ITemplateRenderer renderer)
    {
        var package = spec.Hub!;
        if (!wishes.TryGetValue(package, out var all))
        {
            wishes[package] = all = [];
        }

        all.AddRange(Wishes(spec));
        if (pinned.TryGetValue(package, out var pin) && all.TrueForAll(wish => wish.Allows(pin)))
        {
            all = [.. all, pin];
        }

        var chosen = await hub.ChooseAsync(spec, all, DbtSession.Version).ConfigureAwait(false);
        if (installed.TryGetValue(package, out var there) && there == chosen.Version)
        {
            return null;
        }

        var name = await UnpackAsync(spec, chosen.Archive, renderer).ConfigureAwait(false);
        installed[package] = chosen.Version;
        log.Info($"Installed {name} from {package} {chosen.Version}");
        return (name, new DbtMap { ["name"] = name, ["package"] = package, ["version"] = chosen.Version.ToString() });
    }

    private static IEnumerable<SemanticVersion> Wishes(PackageSpec spec)
    {
        List<string> texts = spec.Entry.Get("version") is { } given ? SemanticVersion.Texts(given) : [];
        DbtException Wrong(string found) => new("DBT1209", DbtErrorKind.Dependency, $"{spec.Hub} needs a version") { File = spec.File, Line = spec.Entry.Line, Found = found, Expected = "a version or a range of them, such as [\">=1.1.0\", \"<2.0.0\"]" };
        return texts.Count == 0 ? throw Wrong("none") : texts.ConvertAll(text => SemanticVersion.Parse(text) ?? throw Wrong(text));
    }

    private async Task<(string Name, DbtMap Entry)?> TarballAsync(PackageSpec spec, string address, ITemplateRenderer renderer)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var archive))
        {
            throw new DbtException("DBT1201", DbtErrorKind.Dependency, $"'{address}' is no address") { File = spec.File, Line = spec.Entry.Line, Found = address, Expected = "https://..." };
        }

        var name = await UnpackAsync(spec, archive, renderer).ConfigureAwait(false);
        log.Info($"Installed {name} from {address}");
        return (name, Named(spec, name));
    }

    private async Task<string> UnpackAsync(PackageSpec spec, Uri archive, ITemplateRenderer renderer)
    {
        var unpacked = Path.Combine(folder, $".archive-{Text.Md5(archive.ToString())[..12]}");
        Remove(unpacked);
        try
        {
            var package = await hub.UnpackAsync(spec, archive, unpacked).ConfigureAwait(false);
            var name = Name(package, renderer);
            var target = Path.Combine(folder, name);
            Remove(target);
            Directory.Move(package, target);
            return name;
        }
        finally
        {
            Remove(unpacked);
        }
    }

    private static DbtMap Named(PackageSpec spec, string name)
    {
        var entry = spec.Entry.DeepCopy();
        entry["name"] = name;
        return entry;
    }

    private (string Name, DbtMap Entry) Local(PackageSpec spec, string local, ITemplateRenderer renderer)
    {
        // Paths in the file of a package are relative to the root project as well.
        var source = Path.GetFullPath(local, root);
        if (!File.Exists(Path.Combine(source, ProjectLoader.FileName)))
        {
            throw new DbtException("DBT1206", DbtErrorKind.Runtime, $"No {ProjectLoader.FileName} found at expected path {local}/{ProjectLoader.FileName}\nVerify that each entry within packages.yml (and their transitive dependencies) contains a file named {ProjectLoader.FileName}")
            {
                File = spec.File, Line = spec.Entry.Line, Found = local, Expected = $"a folder with {ProjectLoader.FileName}, relative to the root project",
            };
        }

        var name = Name(source, renderer);
        var target = Path.Combine(folder, name);
        Remove(target);
        try
        {
            Directory.CreateSymbolicLink(target, source);
        }
        catch (IOException)
        {
            Copy(source, target);
        }
        catch (UnauthorizedAccessException)
        {
            Copy(source, target);
        }

        log.Info($"Installed {name} from {local}");
        return (name, Named(spec, name));
    }

    private async Task<(string Name, DbtMap Entry)?> GitAsync(PackageSpec spec, string url, ITemplateRenderer renderer)
    {
        var wish = spec.Entry.Get("revision") is { } given ? Val.Str(given) : "HEAD";
        var revision = commits.GetValueOrDefault(url, wish);
        var checkout = Path.Combine(folder, $".git-{Text.Md5(url + revision)[..12]}");
        Remove(checkout);
        await GitCommandAsync(spec, ["clone", "--quiet", "--", url, checkout]).ConfigureAwait(false);
        if (revision != "HEAD")
        {
            await GitCommandAsync(spec, ["-C", checkout, "checkout", "--quiet", revision]).ConfigureAwait(false);
        }

        var commit = (await GitCommandAsync(spec, ["-C", checkout, "rev-parse", "HEAD"]).ConfigureAwait(false)).Trim();

        var inside = spec.Entry.GetString("subdirectory") is { } sub ? Path.GetFullPath(sub, checkout) : checkout;
        if (!inside.StartsWith(checkout, StringComparison.Ordinal))
        {
            throw new DbtException("DBT1207", DbtErrorKind.Dependency, $"The subdirectory {inside} is outside of the package") { File = spec.File, Line = spec.Entry.Line };
        }

        var name = Name(inside, renderer);
        var target = Path.Combine(folder, name);
        Remove(target);
        Copy(inside, target);
        Remove(checkout);
        log.Info($"Installed {name} from {url} at {(revision == "HEAD" ? commit : revision)}");
        var entry = Named(spec, name);
        entry["revision"] = commit;
        return (name, entry);
    }

    private async Task<string> GitCommandAsync(PackageSpec spec, string[] arguments)
    {
        var start = new ProcessStartInfo("git") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = root };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync(cancellation);
            var errors = await process.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                throw new DbtException("DBT1208", DbtErrorKind.Runtime, $"Error running git {arguments[0]}: {errors.Trim()}") { File = spec.File, Line = spec.Entry.Line, Found = Val.Repr(spec.Entry), Hint = "check the address and the revision" };
            }

            return await output.ConfigureAwait(false);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new DbtException("DBT1208", DbtErrorKind.Runtime, "git is not installed", exception) { File = spec.File, Line = spec.Entry.Line, Hint = "install git, or use a local package" };
        }
    }

    private static string Name(string path, ITemplateRenderer renderer) => ProjectLoader.Load(path, ProjectLoader.ReadRaw(path), renderer).Name;

    private static void Remove(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            File.Delete(path);
        }
        else if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
        }

        foreach (var child in Directory.GetDirectories(from).Where(child => Path.GetFileName(child) is not (".git" or "target" or "dbt_packages")))
        {
            Copy(child, Path.Combine(to, Path.GetFileName(child)));
        }
    }
}
