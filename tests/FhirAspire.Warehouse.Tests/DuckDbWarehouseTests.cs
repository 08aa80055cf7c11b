using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.Warehouse.Tests;

public sealed class DuckDbWarehouseTests : WarehouseSuite, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-").FullName;

    [Fact]
    public async Task A_released_file_opens_again_with_its_data()
    {
        await using var warehouse = (DuckDbWarehouse)await CreateAsync();
        await using (var session = await warehouse.OpenAsync())
        {
            await session.ExecuteAsync("create table t as select 42 as x");
        }

        await warehouse.ReleaseAsync();

        await using var again = await warehouse.OpenAsync();
        (await again.QueryAsync("select x from t")).Scalar.ShouldBe(42);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    protected override Task<IWarehouse> CreateAsync() =>
        Task.FromResult<IWarehouse>(new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(folder, "warehouse.duckdb") }));
}
