using FhirAspire.Fhir.Spool;
using Microsoft.Extensions.Time.Testing;

namespace FhirAspire.Generator.Tests;

/// <summary>A spool, a clock and options in a folder that is removed afterwards.</summary>
internal sealed class Workspace : IDisposable
{
    public Workspace()
    {
        Root = Directory.CreateTempSubdirectory("fhiraspire-generator-").FullName;
        Spool = new SpoolDirectory(new SpoolOptions { Path = Path.Combine(Root, "spool"), Durable = false }, Time);
    }

    public string Root { get; }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public SpoolDirectory Spool { get; }

    public GeneratorOptions Options(GeneratorMode mode) => new() { Mode = mode, Seed = 5, PositionFile = Path.Combine(Root, "position.json") };

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
