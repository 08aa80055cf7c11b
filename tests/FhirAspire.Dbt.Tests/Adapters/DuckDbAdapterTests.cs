using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.Dbt.Tests.Adapters;

/// <summary>The suite on a DuckDB file.</summary>
public sealed class DuckDbAdapterTests : AdapterSuite
{
    protected override bool IsPostgres => false;

    private protected override Task<AdapterProject> OpenAsync(string project = Project)
    {
        var folder = new ProjectFolder(project);
        var path = Path.Combine(folder.Root, "shop.duckdb");
        return Task.FromResult(new AdapterProject(folder, () => new DuckDbWarehouse(new DuckDbOptions { Path = path }), "shop"));
    }
}
