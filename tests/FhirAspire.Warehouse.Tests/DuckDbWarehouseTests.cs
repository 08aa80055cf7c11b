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

    [Fact]
    public async Task What_is_appended_after_a_checkpoint_has_a_row_group_of_its_own()
    {
        var options = new DuckDbOptions { Path = Path.Combine(folder, "groups.duckdb"), RowGroupSize = 2048, Settings = { ["max_vacuum_tasks"] = "0" } };
        await using (var warehouse = new DuckDbWarehouse(options))
        await using (var session = await warehouse.OpenAsync())
        {
            await session.ExecuteAsync("create table t (k varchar not null)");
            await session.ExecuteAsync("insert into t values ('a'); checkpoint; insert into t values ('b')");
        }

        await using var again = new DuckDbWarehouse(options);
        await using var later = await again.OpenAsync();
        await later.ExecuteAsync("insert into t values ('c'); checkpoint");
        (await later.QueryAsync("select count(distinct row_group_id) from pragma_storage_info('t')")).Scalar.ShouldBe(3L);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    protected override Task<IWarehouse> CreateAsync() =>
        Task.FromResult<IWarehouse>(new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(folder, "warehouse.duckdb") }));
}
