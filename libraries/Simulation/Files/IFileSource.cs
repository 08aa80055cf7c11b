namespace FhirAspire.Simulation.Files;

/// <summary>Files by path, wherever they are: a folder, a zip or jar, this assembly.</summary>
public interface IFileSource
{
    /// <summary>What errors call the source.</summary>
    string Name { get; }

    /// <summary>All paths with forward slashes, relative to the source, in ordinal order.</summary>
    IReadOnlyList<string> Paths { get; }

    /// <summary>Opens a file for reading; null when there is none by that path.</summary>
    Stream? Open(string path);
}
