using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;

namespace FhirAspire.Dashboard.Operations;

/// <summary>One copy of warehouse and history: a folder named for its instant, with a manifest that is written last.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Manifest">What it holds.</param>
public sealed record BackupSet(string Folder, BackupManifest Manifest)
{
    /// <summary>The warehouse's file in a copy.</summary>
    public const string Warehouse = "warehouse.duckdb";

    /// <summary>The history's file in a copy.</summary>
    public const string History = "history.db";

    /// <summary>The manifest's file in a copy.</summary>
    public const string ManifestFile = "manifest.json";

    private const string Format = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>The complete copies in a folder, oldest first.</summary>
    public static IReadOnlyList<BackupSet> In(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateDirectories(folder)
            .Where(path => File.Exists(Path.Combine(path, ManifestFile)))
            .Select(path => new BackupSet(path, JsonSerializer.Deserialize<BackupManifest>(File.ReadAllBytes(Path.Combine(path, ManifestFile)), JsonSerializerOptions.Web)!))
            .OrderBy(set => set.Manifest.At),
    ];

    /// <summary>The name of the folder of a copy.</summary>
    /// <param name="at">Its instant.</param>
    public static string NameOf(DateTimeOffset at) => at.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Checks that the files are those of the manifest.</summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken = default)
    {
        foreach (var (name, file) in Manifest.Files)
        {
            var path = Path.Combine(Folder, name);
            if (!File.Exists(path))
            {
                return $"{path} is missing";
            }

            if (await HashAsync(path, cancellationToken) != file.Sha256)
            {
                return $"{path} is not what was backed up: its SHA-256 differs";
            }
        }

        return null;
    }

    internal static async Task<string> HashAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}

/// <summary>What a copy holds.</summary>
/// <param name="At">The instant of its data, UTC.</param>
/// <param name="Files">Its files by name.</param>
/// <param name="Rows">Rows of the warehouse's tables.</param>
public sealed record BackupManifest(DateTime At, IReadOnlyDictionary<string, BackupFile> Files, IReadOnlyDictionary<string, long> Rows);

/// <summary>A file of a copy.</summary>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256 in hexadecimal.</param>
public sealed record BackupFile(long Bytes, string Sha256);
