using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse.Cache;

/// <summary>A manifest as it was stored, with the files that it came from.</summary>
internal sealed class StoredManifest(CacheHeader header, Manifest manifest, long savedAt, Archive archive)
{
    // Files that were changed so shortly before the manifest was stored may have changed again within one tick of the file system's clock.
    private static readonly long Unsure = TimeSpan.FromSeconds(2).Ticks;

    private readonly Dictionary<string, FileState> known = header.Files.ToDictionary(file => file.Key, StringComparer.Ordinal);
    private readonly Dictionary<string, FileState?> compared = new(StringComparer.Ordinal);
    private IReadOnlyDictionary<string, DbtMap>? properties;

    public CacheHeader Header => header;

    public Manifest Manifest => manifest;

    /// <summary>The YAML of properties files. It stands behind the manifest, and is read when a change makes it necessary.</summary>
    public IReadOnlyDictionary<string, DbtMap> Properties => properties ??= ReadProperties();

    /// <summary>Whether the file was there.</summary>
    public bool Knows(SourceFile file) => known.ContainsKey(file.Key);

    /// <summary>The state of a file that is what it was; null for one that is new or has changed.</summary>
    public FileState? Same(SourceFile file)
    {
        if (!compared.TryGetValue(file.Key, out var same))
        {
            compared[file.Key] = same = known.TryGetValue(file.Key, out var before) && IsSame(before, file) ? before : null;
        }

        return same;
    }

    /// <summary>What can be taken over into a parse of these files.</summary>
    public ParseMemory Memory(List<SourceFile> files) => new(manifest, () => Properties, files.Where(file => Same(file) is null), header.Warnings);

    /// <summary>Writes the YAML of properties files, or reads it back.</summary>
    public static Dictionary<string, DbtMap> PassProperties(Archive archive, IReadOnlyDictionary<string, DbtMap> files) =>
        new(archive.List([.. files], entry => KeyValuePair.Create(archive.Text(entry.Key), archive.Map(entry.Value))), StringComparer.Ordinal);

    private Dictionary<string, DbtMap> ReadProperties()
    {
        try
        {
            return PassProperties(archive, new Dictionary<string, DbtMap>(StringComparer.Ordinal));
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or InvalidCastException or ArgumentException or FormatException or NullReferenceException or OverflowException)
        {
            // The files themselves are there to be read.
            return new Dictionary<string, DbtMap>(StringComparer.Ordinal);
        }
    }

    private bool IsSame(FileState before, SourceFile file) =>
        before.Length == file.Length && ((before.Modified == file.Modified && file.Modified < savedAt - Unsure) || (before.Hash.Length > 0 && before.Hash == Fingerprint.Hash(file)) || (before.Hash.Length == 0 && before.Modified == file.Modified));
}
