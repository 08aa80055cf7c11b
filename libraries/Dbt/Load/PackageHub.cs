using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>One version of a package of the hub, and where its archive is.</summary>
internal sealed record HubVersion(SemanticVersion Version, Uri Archive, IReadOnlyList<SemanticVersion> DbtVersions);

/// <summary>
/// A registry of packages as https://hub.getdbt.com is one; <c>DBT_PACKAGE_HUB_URL</c> names another.
/// <c>api/v1/OWNER/NAME.json</c> has <c>versions</c>, each with <c>downloads.tarball</c> and <c>require_dbt_version</c>.
/// </summary>
internal sealed class PackageHub(HttpClient http, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation)
{
    private const string Default = "https://hub.getdbt.com/";

    private readonly Dictionary<string, IReadOnlyList<HubVersion>> known = new(StringComparer.Ordinal);

    private string Address => environment.GetValueOrDefault("DBT_PACKAGE_HUB_URL") is { Length: > 0 } own ? own.TrimEnd('/') + "/" : Default;

    /// <summary>The newest version that all of the wishes allow and that is made for this version of dbt; one before a release only where it is asked for.</summary>
    /// <exception cref="DbtException">There is none, or the hub does not answer.</exception>
    public async Task<HubVersion> ChooseAsync(PackageSpec spec, IReadOnlyList<SemanticVersion> wishes, string dbtVersion)
    {
        var all = await VersionsAsync(spec).ConfigureAwait(false);
        var dbt = SemanticVersion.Parse(dbtVersion)!;
        var takesPrereleases = spec.Entry.Get("install_prerelease") is true || wishes.Any(wish => wish.Prerelease is not null);
        return all.Where(version => (takesPrereleases || version.Version.Prerelease is null) && version.DbtVersions.All(rule => rule.Allows(dbt)) && wishes.All(wish => wish.Allows(version.Version)))
            .MaxBy(version => version.Version)
            ?? throw new DbtException("DBT1209", DbtErrorKind.Dependency, $"Could not find a matching version for package {spec.Hub}")
            {
                File = spec.File, Line = spec.Entry.Line, Found = string.Join(", ", wishes.Select(wish => $"{wish.Matcher}{wish}")),
                Expected = all.Count == 0 ? "a package that the hub has" : $"one of {string.Join(", ", all.Select(version => version.Version).OrderDescending().Take(10))}, made for dbt {dbtVersion}",
                Hint = "packages of packages may ask for other versions of it",
            };
    }

    /// <summary>Unpacks an archive into a new folder; the package's own folder in it is the result.</summary>
    /// <exception cref="DbtException">It cannot be fetched, or is no archive of one folder.</exception>
    public async Task<string> UnpackAsync(PackageSpec spec, Uri archive, string folder)
    {
        Directory.CreateDirectory(folder);
        try
        {
            var body = await GetAsync(spec, archive).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var unzipped = new GZipStream(body, CompressionMode.Decompress);
                await using (unzipped.ConfigureAwait(false))
                {
                    // Names and links that lead out of the folder are refused by it.
                    await TarFile.ExtractToDirectoryAsync(unzipped, folder, overwriteFiles: false, cancellation).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException or FormatException)
        {
            throw new DbtException("DBT1210", DbtErrorKind.Dependency, $"{archive} is no archive of a package: {exception.Message}", exception) { File = spec.File, Line = spec.Entry.Line, Found = archive.ToString(), Expected = "a .tar.gz with one folder" };
        }

        return Directory.GetDirectories(folder) is [var only] && File.Exists(Path.Combine(only, ProjectLoader.FileName))
            ? only
            : throw new DbtException("DBT1210", DbtErrorKind.Dependency, $"{archive} is no archive of a package: it has no folder with {ProjectLoader.FileName}") { File = spec.File, Line = spec.Entry.Line, Found = archive.ToString(), Expected = "a .tar.gz with one folder" };
    }

    private async Task<IReadOnlyList<HubVersion>> VersionsAsync(PackageSpec spec)
    {
        if (known.TryGetValue(spec.Hub!, out var versions))
        {
            return versions;
        }

        var address = new Uri(new Uri(Address), $"api/v1/{string.Join('/', spec.Hub!.Split('/').Select(Uri.EscapeDataString))}.json");
        try
        {
            var body = await GetAsync(spec, address).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                using var document = await JsonDocument.ParseAsync(body, default, cancellation).ConfigureAwait(false);
                return known[spec.Hub!] = [.. document.RootElement.GetProperty("versions").EnumerateObject().Select(Read).OfType<HubVersion>()];
            }
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new DbtException("DBT1205", DbtErrorKind.Dependency, $"{address} does not answer as a package hub: {exception.Message}", exception) { File = spec.File, Line = spec.Entry.Line, Found = address.ToString() };
        }
    }

    private static HubVersion? Read(JsonProperty entry)
    {
        var rules = !entry.Value.TryGetProperty("require_dbt_version", out var required) ? []
            : required.ValueKind == JsonValueKind.Array ? required.EnumerateArray().SelectMany(rule => SemanticVersion.Texts(rule.GetString() ?? ""))
            : required.ValueKind == JsonValueKind.String ? SemanticVersion.Texts(required.GetString()!) : [];
        return SemanticVersion.Parse(entry.Name) is { } version && Uri.TryCreate(entry.Value.GetProperty("downloads").GetProperty("tarball").GetString(), UriKind.Absolute, out var archive)
            ? new HubVersion(version, archive, [.. rules.Select(SemanticVersion.Parse).OfType<SemanticVersion>()])
            : null;
    }

    private async Task<Stream> GetAsync(PackageSpec spec, Uri address)
    {
        try
        {
            if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)
            {
                throw new HttpRequestException("only https is spoken with another machine");
            }

            // A package is small; at once, a cut connection is told here and not as a broken archive.
            return new MemoryStream(await http.GetByteArrayAsync(address, cancellation).ConfigureAwait(false), writable: false);
        }
        catch (Exception exception) when (exception is HttpRequestException || (exception is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            var isMissing = exception is HttpRequestException { StatusCode: System.Net.HttpStatusCode.NotFound };
            throw new DbtException("DBT1205", DbtErrorKind.Dependency, isMissing ? $"Package {Val.Str(spec.Hub ?? spec.Tarball)} was not found in the package index" : $"External connection exception occurred: {address}: {exception.Message}", exception)
            {
                File = spec.File, Line = spec.Entry.Line, Found = address.ToString(), IsTransient = !isMissing,
                Hint = isMissing ? "check its name: OWNER/NAME" : "without a network: put the package into a folder of the project and use 'local'",
            };
        }
    }
}
