using System.Text;
using FhirAspire.Warehouse;

namespace FhirAspire.Warehouse.Tests;

/// <summary>What every warehouse has to do; each adapter runs all of it.</summary>
public abstract class WarehouseSuite
{
    private static readonly TableName Table = new("suite", "documents");

    private static readonly BulkColumn[] Columns =
    [
        new("key", BulkType.Text), new("data", BulkType.Json), new("size", BulkType.BigInt), new("loaded_at", BulkType.Timestamp),
    ];

    /// <summary>A warehouse without a schema named suite; skips the test where there is none.</summary>
    protected abstract Task<IWarehouse> CreateAsync();

    [SkippableFact]
    public async Task Bulk_loaded_rows_come_back_as_they_were()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await OpenWithTableAsync(warehouse);

        var count = await session.BulkLoadAsync(Table, Columns, Rows(
            ["a", Encoding.UTF8.GetBytes("""{"name":"Zoë"}"""), 14L, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)],
            ["b", "[1,2]", null, null]));

        count.ShouldBe(2);
        var result = await session.QueryAsync("select key, cast(data as varchar), size, loaded_at from suite.documents order by key");
        result.Rows[0][0].ShouldBe("a");
        ((string)result.Rows[0][1]!).Replace(" ", "").ShouldBe("""{"name":"Zoë"}""");
        result.Rows[0][2].ShouldBe(14L);
        ((DateTime)result.Rows[0][3]!).ShouldBe(new DateTime(2026, 1, 2, 3, 4, 5));
        result.Rows[1][2].ShouldBeNull();
        result.Rows[1][3].ShouldBeNull();
    }

    [SkippableFact]
    public async Task A_rolled_back_transaction_leaves_nothing()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await OpenWithTableAsync(warehouse);

        await session.BeginAsync();
        await session.BulkLoadAsync(Table, Columns, Rows(["a", "{}", 2L, null]));
        session.InTransaction.ShouldBeTrue();
        await session.RollbackAsync();

        session.InTransaction.ShouldBeFalse();
        (await session.QueryAsync("select count(*) from suite.documents")).Scalar.ShouldBe(0L);
    }

    [SkippableFact]
    public async Task A_key_can_be_replaced_inside_one_transaction()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await OpenWithTableAsync(warehouse);
        await session.BulkLoadAsync(Table, Columns, Rows(["a", "{}", 1L, null]));

        await session.BeginAsync();
        await session.ExecuteAsync($"delete from suite.documents where key = {warehouse.Dialect.Parameter(1)}", ["a"]);
        await session.BulkLoadAsync(Table, Columns, Rows(["a", "{}", 2L, null]));
        await session.CommitAsync();

        (await session.QueryAsync("select size from suite.documents")).Scalar.ShouldBe(2L);
    }

    [SkippableFact]
    public async Task Other_sessions_see_what_is_committed_and_only_that()
    {
        await using var warehouse = await CreateAsync();
        await using var writer = await OpenWithTableAsync(warehouse);
        await using var reader = await warehouse.OpenAsync();

        await writer.BeginAsync();
        await writer.BulkLoadAsync(Table, Columns, Rows(["a", "{}", 1L, null]));
        (await reader.QueryAsync("select count(*) from suite.documents")).Scalar.ShouldBe(0L);
        await writer.CommitAsync();
        (await reader.QueryAsync("select count(*) from suite.documents")).Scalar.ShouldBe(1L);
    }

    [SkippableFact]
    public async Task A_wrong_statement_fails_for_good_and_says_why()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await warehouse.OpenAsync();

        var failure = await Should.ThrowAsync<WarehouseException>(() => session.QueryAsync("select no_such_column from (select 1 as x) as t"));

        failure.Code.ShouldBe("WH2001");
        failure.IsTransient.ShouldBeFalse();
        failure.Message.ShouldContain("no_such_column");
    }

    [SkippableFact]
    public async Task A_cancelled_statement_stops()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await warehouse.OpenAsync();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));

        await Should.ThrowAsync<OperationCanceledException>(() => session.QueryAsync(EndlessQuery, null, cancel.Token));

        (await session.QueryAsync("select 1")).Scalar.ShouldNotBeNull();
    }

    [SkippableFact]
    public async Task A_cancelled_statement_of_many_ends_and_the_next_one_runs_to_its_end()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await warehouse.OpenAsync();
        for (var i = 0; i < 10; i++)
        {
            // From before the statement has reached the database to well inside it.
            using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(i * i));

            await Should.ThrowAsync<OperationCanceledException>(() => session.ExecuteAsync(EndlessQuery, null, cancel.Token));

            (await session.QueryAsync("select count(*) from (select 1 as x union all select 2) as t")).Scalar.ShouldBe(2L);
        }
    }

    [SkippableFact]
    public async Task Rows_are_streamed()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await OpenWithTableAsync(warehouse);
        await session.BulkLoadAsync(Table, Columns, Rows([.. Enumerable.Range(0, 5000).Select(i => new object?[] { $"k{i:D5}", "{}", (long)i, null })]));

        var sum = 0L;
        await foreach (var row in session.StreamAsync("select size from suite.documents"))
        {
            sum += (long)row[0]!;
        }

        sum.ShouldBe(4999L * 5000 / 2);
    }

    /// <summary>A query that runs for minutes.</summary>
    protected virtual string EndlessQuery => "select count(*) from range(100000000) a, range(100000) b where (a.range * b.range) % 7 = 3";

    private static async IAsyncEnumerable<object?[]> Rows(params object?[][] rows)
    {
        foreach (var row in rows)
        {
            yield return row;
        }

        await Task.CompletedTask;
    }

    private static async Task<IWarehouseSession> OpenWithTableAsync(IWarehouse warehouse)
    {
        var session = await warehouse.OpenAsync();
        await session.ExecuteAsync($"""
            create schema suite;
            create table suite.documents (
                key {warehouse.Dialect.TextType} primary key,
                data {warehouse.Dialect.JsonType},
                size bigint,
                loaded_at {warehouse.Dialect.TimestampType})
            """);
        return session;
    }
}
