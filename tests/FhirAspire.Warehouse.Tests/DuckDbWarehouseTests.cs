using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;
using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Warehouse.Tests;

public sealed class DuckDbWarehouseTests : WarehouseSuite, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-").FullName;

    [Fact]
    public async Task All_who_come_first_at_once_find_the_raw_tables()
    {
        await using var warehouse = await CreateAsync();
        var sessions = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => warehouse.OpenAsync()));
        for (var round = 0; round < 20; round++)
        {
            await sessions[0].ExecuteAsync("drop schema if exists raw cascade");
            using var together = new Barrier(sessions.Length);
            await Task.WhenAll(sessions.Select(session => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return RawLayer.EnsureAsync(session);
                },
                TaskCreationOptions.LongRunning).Unwrap()));
        }

        foreach (var session in sessions)
        {
            await session.DisposeAsync();
        }
    }

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

    [Fact]
    public async Task A_log_that_cannot_be_read_is_set_aside_only_where_everything_can_be_made_again()
    {
        var path = Path.Combine(folder, "killed.duckdb");
        await using (var warehouse = new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(folder, "alive.duckdb") }))
        await using (var session = await warehouse.OpenAsync())
        {
            // As a process leaves it that is killed: what was committed since the checkpoint is in the log alone.
            await session.ExecuteAsync("create table t as select range as x from range(10)");
            await session.ExecuteAsync("checkpoint");
            await session.ExecuteAsync("insert into t select range from range(10, 20)");
            await session.ExecuteAsync("delete from t where x < 5");
            File.Copy(Path.Combine(folder, "alive.duckdb"), path);
            File.Copy(Path.Combine(folder, "alive.duckdb.wal"), path + ".wal");
        }

        await CountAsync(15);
        var log = await File.ReadAllBytesAsync(path + ".wal.kept");
        for (var i = log.Length / 3; i < log.Length / 2; i++)
        {
            log[i] ^= 0xff;
        }

        await File.WriteAllBytesAsync(path + ".wal", log);
        File.Copy(path + ".kept", path, overwrite: true);
        await using (var strict = new DuckDbWarehouse(new DuckDbOptions { Path = path }))
        {
            (await Should.ThrowAsync<WarehouseException>(() => strict.OpenAsync())).Message.ShouldContain("WAL");
        }

        File.Exists(path + ".wal").ShouldBeTrue();
        await CountAsync(10, new DuckDbOptions { Path = path, SetAsideUnreadableLog = true });
        (await File.ReadAllBytesAsync(path + ".wal.set-aside-1")).ShouldBe(log);

        async Task CountAsync(long rows, DuckDbOptions? options = null)
        {
            File.Copy(path, path + ".kept", overwrite: true);
            File.Copy(path + ".wal", path + ".wal.kept", overwrite: true);
            await using var warehouse = new DuckDbWarehouse(options ?? new DuckDbOptions { Path = path });
            await using var session = await warehouse.OpenAsync();
            (await session.QueryAsync("select count(*) from t")).Scalar.ShouldBe(rows);
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    protected override Task<IWarehouse> CreateAsync() =>
        Task.FromResult<IWarehouse>(new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(folder, "warehouse.duckdb") }));
}
