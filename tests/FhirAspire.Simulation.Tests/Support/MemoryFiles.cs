using System.Text;
using FhirAspire.Simulation.Files;

namespace FhirAspire.Simulation.Tests.Support;

/// <summary>Files that a test writes down.</summary>
internal sealed class MemoryFiles(Dictionary<string, string> files) : IFileSource
{
    public string Name => "test";

    public IReadOnlyList<string> Paths => [.. files.Keys.Order(StringComparer.Ordinal)];

    public Stream? Open(string path) => files.TryGetValue(path, out var text) ? new MemoryStream(Encoding.UTF8.GetBytes(text)) : null;
}
