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

        var installer = new PackageInstaller(root, folder, environment, log, cancellation);
        var locked = new List<object?>();
        var open = new Queue<PackageSpec>(wanted);
        var installed = new Dictionary<string, string>(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out var spec))
        {
            if (!seen.Add(Val.Repr(spec.Entry)))
            {
                continue;
            }

            var (name, place) = await installer.InstallAsync(spec, renderer).ConfigureAwait(false);
            if (!installed.TryAdd(name, place))
            {
                continue;
            }

            var entry = spec.Entry.DeepCopy();
            entry["name"] = name;
            locked.Add(entry);
            foreach (var inner in PackageLoader.Specified(Path.Combine(folder, name), renderer))
            {
                open.Enqueue(inner);
            }
        }

        var hash = Text.Sha256(string.Join('\n', wanted.Select(spec => Val.Repr(spec.Entry))))[..40];
        await File.WriteAllTextAsync(Path.Combine(root, LockFile), YamlWriter.Write(new DbtMap { ["packages"] = locked, ["sha1_hash"] = hash }), cancellation).ConfigureAwait(false);
        return new DbtResult { ExitCode = 0 };
    }
}

/// <summary>Puts one package into the folder of packages.</summary>
internal sealed class PackageInstaller(string root, string folder, IReadOnlyDictionary<string, string> environment, EventLog log, CancellationToken cancellation)
{
    /// <returns>The package's name, and where it came from.</returns>
    public async Task<(string Name, string Place)> InstallAsync(PackageSpec spec, ITemplateRenderer renderer)
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

        throw new DbtException("DBT1205", DbtErrorKind.Dependency, $"The package {Val.Str(spec.Hub ?? spec.Tarball)} has to be fetched from a package hub, which this engine does not do")
        {
            File = spec.File, Line = spec.Entry.Line, Found = Val.Repr(spec.Entry), Expected = "a local package, or one from git", Hint = $"put the package into {Path.GetFileName(folder)}/ by hand; it is found there",
        };
    }

    private (string Name, string Place) Local(PackageSpec spec, string local, ITemplateRenderer renderer)
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
        return (name, source);
    }

    private async Task<(string Name, string Place)> GitAsync(PackageSpec spec, string url, ITemplateRenderer renderer)
    {
        var revision = spec.Entry.Get("revision") is { } given ? Val.Str(given) : "HEAD";
        var checkout = Path.Combine(folder, $".git-{Text.Md5(url + revision)[..12]}");
        Remove(checkout);
        await GitCommandAsync(spec, ["clone", "--quiet", "--", url, checkout]).ConfigureAwait(false);
        if (revision != "HEAD")
        {
            await GitCommandAsync(spec, ["-C", checkout, "checkout", "--quiet", revision]).ConfigureAwait(false);
        }

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
        log.Info($"Installed {name} from {url} at {revision}");
        return (name, url);
    }

    private async Task GitCommandAsync(PackageSpec spec, string[] arguments)
    {
        var start = new ProcessStartInfo("git") { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = root };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        _ = environment;
        try
        {
            using var process = Process.Start(start)!;
            var errors = await process.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                throw new DbtException("DBT1208", DbtErrorKind.Runtime, $"Error running git {arguments[0]}: {errors.Trim()}") { File = spec.File, Line = spec.Entry.Line, Found = Val.Repr(spec.Entry), Hint = "check the address and the revision" };
            }
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
