namespace FhirAspire.Simulation.Files;

/// <summary>Files of a folder and its subfolders.</summary>
public sealed class DirectoryFileSource : IFileSource
{
    private readonly HashSet<string> known;

    /// <summary>Lists a folder.</summary>
    /// <param name="folder">An existing folder.</param>
    public DirectoryFileSource(string folder)
    {
        Name = folder;
        Paths = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];
        known = new HashSet<string>(Paths, StringComparer.Ordinal);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Paths { get; }

    /// <inheritdoc/>
    /// <remarks>Only listed files are opened, so a path cannot lead out of the folder.</remarks>
    public Stream? Open(string path) => known.Contains(path) ? File.OpenRead(Path.Combine(Name, path)) : null;
}
