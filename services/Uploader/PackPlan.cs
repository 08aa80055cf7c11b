using System.Text.Json;
using FhirAspire.Fhir.Spool;

namespace FhirAspire.Uploader;

/// <summary>
/// Which folders are in a pack, written down before it is uploaded: after a crash the same pack is made again under the same key, so that nothing is packed twice.
/// </summary>
/// <param name="Key">The pack's key.</param>
/// <param name="Folders">Keys of its folders, in its order.</param>
internal sealed record PackPlan(string Key, IReadOnlyList<string> Folders)
{
    /// <summary>Where plans and unfinished packs are: a hidden folder, which no reader of the spool looks into.</summary>
    public static string FolderOf(SpoolDirectory spool) => Path.Combine(spool.Root, ".packs");

    /// <summary>The plans that were not carried out, oldest first.</summary>
    public static IEnumerable<(string Path, PackPlan Plan)> Open(SpoolDirectory spool)
    {
        var folder = FolderOf(spool);
        return !Directory.Exists(folder)
            ? []
            : [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(path => (path, JsonSerializer.Deserialize<PackPlan>(File.ReadAllBytes(path), JsonSerializerOptions.Web)!))];
    }

    /// <summary>Writes the plan to disk; it appears whole or not at all.</summary>
    /// <returns>Its path.</returns>
    public string Save(SpoolDirectory spool)
    {
        var path = Path.Combine(FolderOf(spool), $"{Folders[0].Replace('/', '_')}.json");
        DurableJson.Write(path, this, JsonSerializerOptions.Web);
        return path;
    }
}
