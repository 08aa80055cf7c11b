using System.Reflection;

namespace FhirAspire.Simulation.Files;

/// <summary>Files embedded in this assembly under a logical prefix.</summary>
internal sealed class EmbeddedFileSource : IFileSource
{
    private readonly string prefix;

    public EmbeddedFileSource(string prefix)
    {
        this.prefix = prefix;
        Paths = [.. Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
            .Select(name => name[prefix.Length..])
            .Order(StringComparer.Ordinal)];
    }

    public string Name => "built in";

    public IReadOnlyList<string> Paths { get; }

    private static Assembly Assembly => typeof(EmbeddedFileSource).Assembly;

    public Stream? Open(string path) => Assembly.GetManifestResourceStream(prefix + path);
}
