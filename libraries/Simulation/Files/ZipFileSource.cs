using System.IO.Compression;

namespace FhirAspire.Simulation.Files;

/// <summary>Files of a zip archive; a jar is one. Not for use by several threads at once.</summary>
public sealed class ZipFileSource : IFileSource, IDisposable
{
    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> entries = new(StringComparer.Ordinal);

    /// <summary>Reads the archive's directory.</summary>
    /// <param name="stream">A seekable stream, closed with this object.</param>
    /// <param name="name">What errors call it.</param>
    public ZipFileSource(Stream stream, string name)
    {
        Name = name;
        try
        {
            archive = new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch (InvalidDataException e)
        {
            throw new SimulationException("SIM002", name, $"this is no readable zip or jar archive ({e.Message}); expected a folder, a .zip or a .jar", e);
        }

        foreach (var entry in archive.Entries)
        {
            if (!entry.FullName.EndsWith('/'))
            {
                entries.TryAdd(entry.FullName.Replace('\\', '/'), entry);
            }
        }

        Paths = [.. entries.Keys.Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Paths { get; }

    /// <inheritdoc/>
    public Stream? Open(string path) => entries.TryGetValue(path, out var entry) ? entry.Open() : null;

    /// <inheritdoc/>
    public void Dispose() => archive.Dispose();
}
