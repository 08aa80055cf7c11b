using System.Text;
using FhirAspire.Warehouse.Postgres;

namespace FhirAspire.Warehouse.Tests;

public sealed class PostgresWarehouseTests : WarehouseSuite
{
    private static readonly BulkColumn[] Columns = [new("key", BulkType.Text), new("data", BulkType.Json)];

    [SkippableFact]
    public async Task A_refused_document_is_named_by_its_row_and_leaves_the_session_usable()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await OpenWithTableAsync(warehouse);

        foreach (var refused in new[] { """{"a":"\u0000"}""", """{"a":1e200000}""", "{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}", "{" })
        {
            await session.BeginAsync();
            var failure = await Should.ThrowAsync<WarehouseException>(() => session.BulkLoadAsync(new TableName("t", "documents"), Columns, Rows(["a", "{}"], ["b", "{}"], ["c", Encoding.UTF8.GetBytes(refused)], ["d", "{}"])));
            failure.Code.ShouldBe("WH2004", refused[..Math.Min(20, refused.Length)]);
            failure.Row.ShouldBe(2);
            failure.IsTransient.ShouldBeFalse();
            await session.RollbackAsync();
        }

        (await session.QueryAsync("select count(*) from t.documents")).Scalar.ShouldBe(0L);
    }

    [SkippableFact]
    public async Task Documents_come_as_text_as_bytes_and_as_memory()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await OpenWithTableAsync(warehouse);

        await session.BulkLoadAsync(new TableName("t", "documents"), Columns, Rows(
            ["a", """{"x":"é"}"""], ["b", """{"x":"é"}"""u8.ToArray()], ["c", (ReadOnlyMemory<byte>)"""[{"x":"é"}]"""u8.ToArray().AsMemory(1, 10)]));

        (await session.QueryAsync("select distinct data::text from t.documents")).Scalar.ShouldBe("""{"x": "é"}""");
    }

    [SkippableFact]
    public async Task Rows_of_the_last_statement_are_counted()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await OpenWithTableAsync(warehouse);

        (await session.ExecuteAsync("insert into t.documents values ('a', '{}'), ('b', '{}'); delete from t.documents where key = 'a'")).ShouldBe(1);
        (await session.ExecuteAsync("create table t.copy as select * from generate_series(1, 7)")).ShouldBe(7);
        (await session.ExecuteAsync("drop table t.copy")).ShouldBe(-1);
    }

    [SkippableFact]
    public async Task Keys_are_in_the_order_of_their_bytes()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await OpenWithTableAsync(warehouse);
        await session.ExecuteAsync("insert into t.documents values ('a', '{}'), ('B', '{}'), ('a#1', '{}'), ('a$', '{}')");

        var inOrder = await session.QueryAsync($"select key from t.documents order by {warehouse.Dialect.BinaryOrder("key")}");

        inOrder.Rows.Select(row => row[0]).ShouldBe(["B", "a", "a#1", "a$"]);
    }

    [SkippableFact]
    public async Task Errors_say_whether_another_try_may_help()
    {
        var server = await PostgresServer.RequireAsync();
        await using var warehouse = await CreateAsync();
        await using var one = await OpenWithTableAsync(warehouse);
        await using var other = await warehouse.OpenAsync();
        await one.ExecuteAsync("insert into t.documents values ('a', '{}')");

        (await Should.ThrowAsync<WarehouseException>(() => other.ExecuteAsync("insert into t.documents values ('a', '{}')"))).ShouldSatisfyAllConditions(e => e.Code.ShouldBe("WH2005"), e => e.IsTransient.ShouldBeFalse());
        await one.BeginAsync();
        await one.ExecuteAsync("lock table t.documents in access exclusive mode");
        (await Should.ThrowAsync<WarehouseException>(() => other.ExecuteAsync("set lock_timeout = '50ms'; select * from t.documents"))).ShouldSatisfyAllConditions(e => e.Code.ShouldBe("WH1002"), e => e.IsTransient.ShouldBeTrue());
        await one.RollbackAsync();
        (await Should.ThrowAsync<WarehouseException>(() => other.ExecuteAsync("set statement_timeout = '50ms'; select pg_sleep(5)"))).IsTransient.ShouldBeTrue();

        var pid = (int)(await other.QueryAsync("select pg_backend_pid()")).Scalar!;
        await one.QueryAsync($"select pg_terminate_backend({pid})");
        (await Should.ThrowAsync<WarehouseException>(() => other.QueryAsync("select 1"))).ShouldSatisfyAllConditions(e => e.Code.ShouldBe("WH1001"), e => e.IsTransient.ShouldBeTrue());

        await using var nobody = new PostgresWarehouse(new PostgresOptions { ConnectionString = server.ConnectionString("postgres").Replace(server.Password, "wrong") });
        (await Should.ThrowAsync<WarehouseException>(() => nobody.OpenAsync())).ShouldSatisfyAllConditions(e => e.Code.ShouldBe("WH1001"), e => e.IsTransient.ShouldBeFalse(), e => e.Message.ShouldNotContain("wrong"));
        await using var nowhere = new PostgresWarehouse(new PostgresOptions { ConnectionString = server.ConnectionString("no_such_database") });
        (await Should.ThrowAsync<WarehouseException>(() => nowhere.OpenAsync())).ShouldSatisfyAllConditions(e => e.IsTransient.ShouldBeFalse(), e => e.Hint!.ShouldContain("create the database"));
        await using var down = new PostgresWarehouse(new PostgresOptions { ConnectionString = "Host=127.0.0.1;Port=1;Database=x;Username=x;Password=secret" });
        (await Should.ThrowAsync<WarehouseException>(() => down.OpenAsync())).ShouldSatisfyAllConditions(e => e.IsTransient.ShouldBeTrue(), e => e.ToString().ShouldNotContain("secret"));
    }

    [SkippableFact]
    public async Task Cancelled_while_it_loads_nothing_stays()
    {
        await using var warehouse = await CreateAsync();
        await using var session = await OpenWithTableAsync(warehouse);
        using var cancel = new CancellationTokenSource();

        async IAsyncEnumerable<object?[]> Endless()
        {
            for (var i = 0; ; i++)
            {
                if (i == 1000)
                {
                    await cancel.CancelAsync();
                }

                yield return [$"{i}", "{}"];
            }
        }

        await Should.ThrowAsync<OperationCanceledException>(() => session.BulkLoadAsync(new TableName("t", "documents"), Columns, Endless(), cancel.Token));
        (await session.QueryAsync("select count(*) from t.documents")).Scalar.ShouldBe(0L);
    }

    [SkippableFact]
    public async Task Settings_hold_for_every_session_and_the_time_zone_is_UTC()
    {
        var server = await PostgresServer.RequireAsync();
        var options = new PostgresOptions { ConnectionString = await server.CreateDatabaseAsync() };
        options.Settings["work_mem"] = "7MB";
        options.Settings["search_path"] = "public, pg_catalog";
        await using var warehouse = new PostgresWarehouse(options);
        for (var i = 0; i < 2; i++)
        {
            await using var session = await warehouse.OpenAsync();
            (await session.QueryAsync("select current_setting('work_mem') || ' ' || current_setting('TimeZone') || ' ' || current_setting('search_path')")).Scalar.ShouldBe("7MB UTC public, pg_catalog");
            await session.ExecuteAsync("set timezone = 'Asia/Tokyo'");
        }
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("Host=db", "names no Database")]
    [InlineData("Database=fhir;Username=u", "names no Host")]
    [InlineData("postgresql://u:hidden@db/fhir", "is an address")]
    [InlineData("Host=db;Database=fhir;hidden=1", "can't be read")]
    public void A_wrong_connection_string_is_told_without_showing_it(string text, string expected)
    {
        var fault = new PostgresOptions { ConnectionString = text }.Validate(new(new object())).ShouldHaveSingleItem();

        fault.ErrorMessage!.ShouldContain(expected);
        fault.ErrorMessage!.ShouldNotContain("hidden");
        fault.MemberNames.ShouldBe(["ConnectionString"]);
    }

    protected override string EndlessQuery => "select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b, generate_series(1, 100000) c";

    protected override async Task<IWarehouse> CreateAsync()
    {
        var server = await PostgresServer.RequireAsync();
        return new PostgresWarehouse(new PostgresOptions { ConnectionString = await server.CreateDatabaseAsync() });
    }

    private static async Task<IWarehouseSession> OpenWithTableAsync(IWarehouse warehouse)
    {
        var session = await warehouse.OpenAsync();
        await session.ExecuteAsync("create schema t; create table t.documents (key text primary key, data jsonb)");
        return session;
    }

    private static async IAsyncEnumerable<object?[]> Rows(params object?[][] rows)
    {
        foreach (var row in rows)
        {
            yield return row;
        }

        await Task.CompletedTask;
    }
}
