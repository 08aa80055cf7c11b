using System.Text;

namespace FhirAspire.Simulation.Files;

/// <summary>Opens file sources and reads them.</summary>
public static class FileSources
{
    /// <summary>Opens a folder, a zip or a jar.</summary>
    /// <exception cref="SimulationException">There is nothing at the path, or it is neither.</exception>
    public static IFileSource Open(string path)
    {
        if (Directory.Exists(path))
        {
            return new DirectoryFileSource(path);
        }

        return File.Exists(path)
            ? new ZipFileSource(File.OpenRead(path), path)
            : throw new SimulationException("SIM001", path, "there is no such file or folder; expected a folder, a .zip or a .jar");
    }

    /// <summary>The modules that come with this library.</summary>
    public static IFileSource OwnModules() => new EmbeddedFileSource("OwnModules/");

    /// <summary>The reference data that comes with this library.</summary>
    public static IFileSource OwnData() => new EmbeddedFileSource("OwnData/");

    /// <summary>The whole file as text; null when there is none.</summary>
    public static string? ReadText(this IFileSource source, string path)
    {
        using var stream = source.Open(path);
        if (stream is null)
        {
            return null;
        }

        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }
}
