using System.Data;
using FhirAspire.Warehouse.Raw;
using FhirAspire.Warehouse.Snowflake;

namespace FhirAspire.Warehouse.Tests.Snowflake;

/// <summary>What is sent to Snowflake, in which order and transaction, and what happens at each failure. The account itself is a script.</summary>
public sealed class SnowflakeTests
{
    /// <summary>Set to 1 to write the golden files anew; look at the difference before you commit it.</summary>
    private const string UpdateVariable = "UPDATE_GOLDEN";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly LoadIdentity Identity = new(7, 3);

    [Fact]
    public async Task New_and_changed_objects_and_one_that_is_broken_are_loaded_in_one_transaction()
    {
        var driver = new ScriptedDriver(sql =>
            sql.StartsWith("copy into raw.fhir_bundles (", StringComparison.Ordinal) ? CopyResult(("raw/patients/a.json", "LOADED", 1, null), ("raw/patients/b.ndjson.gz", "LOADED", 3, null), ("raw/patients/broken.json", "LOAD_FAILED", 0, "Error parsing JSON: unfinished string"))
            : sql.StartsWith("copy into raw.fhir_bundles_incoming", StringComparison.Ordinal) ? CopyResult(("raw/patients/c.json", "LOADED", 1, null))
            : sql.StartsWith("select fence", StringComparison.Ordinal) ? Table(["fence", "last_modified", "last_key"], [2L, Now.UtcDateTime.AddDays(-1), "raw/patients/0"])
            : null);
        await using var warehouse = Warehouse(driver);
        await using (var session = await warehouse.OpenAsync())
        {
            var done = await StageCopy.LoadAsync(session, Identity, [(Object("a.json"), false), (Object("b.ndjson.gz"), false), (Object("broken.json"), false), (Object("c.json"), true)], _ => "raw/patients/", Now);
            done.Select(item => (item.Object.Key, item.Rows, item.Errors.Count)).ShouldBe([("raw/patients/a.json", 1L, 0), ("raw/patients/b.ndjson.gz", 3L, 0), ("raw/patients/broken.json", 0L, 1), ("raw/patients/c.json", 1L, 0)]);
        }

        Golden("load.sql", driver);
    }

    [Fact]
    public async Task Credits_and_statements_are_read_from_the_account()
    {
        var driver = new ScriptedDriver(sql =>
            sql.Contains("warehouse_metering_history", StringComparison.Ordinal) ? Table(["day", "name", "credits"], [Now.UtcDateTime.Date, "FHIR_LOAD", 1.25m, Now.UtcDateTime.Date, "FHIR_TRANSFORM", 3m])
            : sql.Contains("query_history", StringComparison.Ordinal) ? Table(["day", "kind", "n", "failed", "ms", "credits", "bytes"], [Now.UtcDateTime.Date, "COPY", 288L, 2L, 60_000L, 0.5, 1_000_000L]) : null);
        await using var warehouse = Warehouse(driver);
        await using (var session = await warehouse.OpenAsync())
        {
            var usage = await SnowflakeUsage.ReadAsync(session);
            usage.Credits.ShouldBe([new WarehouseCredits(new DateOnly(2026, 1, 2), "FHIR_LOAD", 1.25), new WarehouseCredits(new DateOnly(2026, 1, 2), "FHIR_TRANSFORM", 3)]);
            usage.Statements.ShouldBe([new TaggedStatements(new DateOnly(2026, 1, 2), "COPY", 288, 2, TimeSpan.FromMinutes(1), 0.5, 1_000_000)]);
        }

        Golden("usage.sql", driver);
    }

    [Fact]
    public async Task A_cancelled_load_is_rolled_back_and_is_no_error_of_the_warehouse()
    {
        using var stop = new CancellationTokenSource();
        var driver = new ScriptedDriver(sql =>
        {
            if (sql.StartsWith("copy into", StringComparison.Ordinal))
            {
                stop.Cancel();
            }

            return null;
        });
        await using var warehouse = Warehouse(driver);
        await using var session = await warehouse.OpenAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => StageCopy.LoadAsync(session, Identity, [(Object("a.json"), false), (Object("b.json"), true)], _ => "raw/patients/", Now, stop.Token));
        driver.Said[^1].ShouldBe("rollback");
        driver.Said.ShouldNotContain("commit");
    }

    [Theory]
    [InlineData("account=a;user=u;authenticator=snowflake_jwt;private_key_file=key.p8;db=FHIR;warehouse=W")]
    [InlineData("account=a;authenticator=oauth;token=secret-token;db=FHIR;warehouse=W")]
    public async Task A_login_by_key_pair_or_OAuth_reaches_the_driver_and_is_not_told(string connection)
    {
        new SnowflakeOptions { ConnectionString = connection }.Validate(new(new object())).ShouldBeEmpty();
        var driver = new ScriptedDriver(sql => sql == "select 1" ? new ScriptedException(390144, "JWT token is invalid") : null);
        await using var warehouse = new SnowflakeWarehouse(new SnowflakeOptions { ConnectionString = connection }, driver);
        await using var session = await warehouse.OpenAsync();
        driver.Connections.ShouldBe([connection]);

        var fault = await Should.ThrowAsync<WarehouseException>(() => session.QueryAsync("select 1"));
        fault.IsTransient.ShouldBeFalse();
        fault.ToString().ShouldNotContain("secret-token");
        warehouse.Location.ShouldBe("a/FHIR");
    }

    [Fact]
    public async Task The_rows_of_a_pack_have_the_keys_of_its_files()
    {
        var driver = new ScriptedDriver(sql => sql.StartsWith("copy into raw.fhir_bundles_incoming", StringComparison.Ordinal)
            ? CopyResult(("raw/patients/a.pack.ndjson.gz", "LOADED", 700, null), ("raw/patients/b.pack.ndjson.gz", "LOADED", 1, null)) : null);
        await using var warehouse = Warehouse(driver);
        await using (var session = await warehouse.OpenAsync())
        {
            var done = await StageCopy.LoadAsync(session, Identity, [(Object("a.pack.ndjson.gz"), false), (Object("b.pack.ndjson.gz"), true)], _ => "raw/patients/", Now);
            done.Select(item => (item.Object.Key, item.Rows, item.IsChanged)).ShouldBe([("raw/patients/a.pack.ndjson.gz", 700L, false), ("raw/patients/b.pack.ndjson.gz", 1L, true)]);
        }

        Golden("load-packs.sql", driver);
    }

    [Fact]
    public async Task A_file_that_the_load_history_knows_counts_with_the_rows_that_are_there()
    {
        var driver = new ScriptedDriver(sql => sql.StartsWith("copy into", StringComparison.Ordinal) ? Table(["status"], ["Copy executed with 0 files processed."]) : sql.StartsWith("select count(*)", StringComparison.Ordinal) ? Table(["n"], [5L]) : null);
        await using var warehouse = Warehouse(driver);
        await using var session = await warehouse.OpenAsync();

        (await StageCopy.LoadAsync(session, Identity, [(Object("a.ndjson"), false)], _ => "raw/patients/", Now)).ShouldHaveSingleItem().Rows.ShouldBe(5);
    }

    [Fact]
    public async Task No_statement_names_more_than_a_thousand_files()
    {
        var driver = new ScriptedDriver(sql => sql.StartsWith("copy into", StringComparison.Ordinal) ? Table(["status"], ["Copy executed with 0 files processed."]) : null);
        await using var warehouse = Warehouse(driver);
        await using var session = await warehouse.OpenAsync();

        await StageCopy.LoadAsync(session, Identity, [.. Enumerable.Range(0, 2500).Select(i => (Object($"{i}.json"), false))], _ => "raw/patients/", Now);

        driver.Said.Where(sql => sql.StartsWith("copy into", StringComparison.Ordinal)).Select(sql => sql.Split(".json'").Length - 1).ShouldBe([1000, 1000, 500]);
        driver.Said.Count(sql => sql is "begin").ShouldBe(1);
    }

    [Fact]
    public async Task A_later_holder_of_the_lease_ends_the_load_and_nothing_stays()
    {
        var driver = new ScriptedDriver(sql => sql.StartsWith("copy into", StringComparison.Ordinal) ? CopyResult(("raw/patients/a.json", "LOADED", 1, null)) : sql.StartsWith("select fence", StringComparison.Ordinal) ? Table(["fence", "last_modified", "last_key"], [9L, Now.UtcDateTime, "z"]) : null);
        await using var warehouse = Warehouse(driver);
        await using var session = await warehouse.OpenAsync();

        (await Should.ThrowAsync<WarehouseException>(() => StageCopy.LoadAsync(session, Identity, [(Object("a.json"), false)], _ => "raw/patients/", Now))).Code.ShouldBe("WH3001");
        driver.Said[^1].ShouldBe("rollback");
        driver.Said.ShouldNotContain("commit");
    }

    [Theory]
    [InlineData("copy into")]
    [InlineData("insert into raw.load_objects")]
    [InlineData("commit")]
    public async Task A_failure_at_any_step_leaves_nothing_committed(string step)
    {
        var driver = new ScriptedDriver(sql => sql.StartsWith(step, StringComparison.Ordinal) ? new ScriptedException(1234, "no") : null);
        await using var warehouse = Warehouse(driver);
        await using var session = await warehouse.OpenAsync();

        await Should.ThrowAsync<WarehouseException>(() => StageCopy.LoadAsync(session, Identity, [(Object("a.json"), false)], _ => "raw/patients/", Now));
        if (step != "commit")
        {
            driver.Said[^1].ShouldBe("rollback");
            driver.Said.ShouldNotContain("commit");
        }
    }

    [Theory]
    [InlineData(390114, "WH1001", true)]
    [InlineData(270001, "WH1001", true)]
    [InlineData(625, "WH2002", true)]
    [InlineData(604, "WH2002", true)]
    [InlineData(390100, "WH1001", false)]
    [InlineData(90073, "WH2003", false)]
    [InlineData(2003, "WH2001", false)]
    [InlineData(1003, "WH2001", false)]
    public async Task Errors_say_whether_another_try_may_help(int code, string expected, bool isTransient)
    {
        await using var warehouse = Warehouse(new ScriptedDriver(sql => sql == "select 1" ? new ScriptedException(code, "no") : null));
        await using var session = await warehouse.OpenAsync();

        (await Should.ThrowAsync<WarehouseException>(() => session.QueryAsync("select 1"))).ShouldSatisfyAllConditions(e => e.Code.ShouldBe(expected), e => e.IsTransient.ShouldBe(isTransient));
    }

    [Fact]
    public async Task A_cancelled_statement_is_not_sent_and_is_no_error_of_the_warehouse()
    {
        var driver = new ScriptedDriver(_ => null);
        await using var warehouse = Warehouse(driver);
        await using var session = await warehouse.OpenAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => session.QueryAsync("select 1", null, new CancellationToken(canceled: true)));
        driver.Said.ShouldNotContain("select 1");
    }

    [Fact]
    public async Task Statements_are_sent_one_at_a_time()
    {
        var driver = new ScriptedDriver(_ => null);
        await using var warehouse = Warehouse(driver);
        await using var session = await warehouse.OpenAsync();

        await session.ExecuteAsync("select ';' -- a;b\n; select $$;$$; /* ; */ select 'it\\'s;', \"a;\"\"b\";");

        driver.Said[^3..].ShouldBe(["select ';' -- a;b", "select $$;$$", "/* ; */ select 'it\\'s;', \"a;\"\"b\""]);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("account=a;db=d", "names no warehouse")]
    [InlineData("account=a;hidden", "can't be read")]
    public void A_wrong_connection_string_is_told_without_showing_it(string text, string expected)
    {
        var fault = new SnowflakeOptions { ConnectionString = text }.Validate(new(new object())).ShouldHaveSingleItem();
        fault.ErrorMessage!.ShouldContain(expected);
        fault.ErrorMessage!.ShouldNotContain("hidden");
    }

    private static SnowflakeWarehouse Warehouse(ScriptedDriver driver)
    {
        var options = new SnowflakeOptions { ConnectionString = "account=ab12345;user=FHIR_LOADER;authenticator=snowflake_jwt;private_key_file=key.p8;db=FHIR;warehouse=FHIR_LOAD" };
        options.SessionParameters["WEEK_START"] = "1";
        return new SnowflakeWarehouse(options, driver);
    }

    private static RawObject Object(string name) => new($"raw/patients/{name}", "e-" + name, 100, Now.AddMinutes(-1));

    private static DataTable CopyResult(params (string File, string Status, long Rows, string? Error)[] files) =>
        Table(["file", "status", "rows_parsed", "rows_loaded", "errors_seen", "first_error", "first_error_line", "first_error_character"],
            [.. files.SelectMany(file => new object?[] { "s3://synthea-fhir-data-dump/" + file.File, file.Status, file.Rows, file.Rows, file.Error is null ? 0L : 1L, file.Error, file.Error is null ? null : 1L, file.Error is null ? null : 40L })]);

    private static DataTable Table(string[] columns, object?[] values)
    {
        var table = new DataTable();
        for (var i = 0; i < columns.Length; i++)
        {
            table.Columns.Add(columns[i], values[i]?.GetType() ?? typeof(object));
        }

        foreach (var row in values.Chunk(columns.Length))
        {
            table.Rows.Add([.. row.Select(value => value ?? DBNull.Value)]);
        }

        return table;
    }

    private static void Golden(string name, ScriptedDriver driver)
    {
        var path = Path.Combine(TestEnvironment.RepositoryRoot, "tests", "FhirAspire.Warehouse.Tests", "Snowflake", "Golden", name);
        var text = string.Join("\n\n", driver.Said.Select(line => line + ";")) + "\n";
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        text.ShouldBe(File.ReadAllText(path).ReplaceLineEndings("\n"));
    }
}
