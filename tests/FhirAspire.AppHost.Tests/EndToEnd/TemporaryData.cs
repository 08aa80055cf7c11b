using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>A data directory of a test's own.</summary>
internal sealed class TemporaryData : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fhiraspire-").FullName;

    public DuckDbWarehouse OpenWarehouse() => new(new DuckDbOptions { Path = System.IO.Path.Combine(Path, "warehouse.duckdb") });

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
