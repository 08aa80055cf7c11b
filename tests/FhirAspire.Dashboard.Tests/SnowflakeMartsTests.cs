using System.Data;
using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Marts;
using FhirAspire.Warehouse.Tests.Snowflake;

namespace FhirAspire.Dashboard.Tests;

/// <summary>What the dashboard sends to Snowflake before and with a query. The account itself is a script.</summary>
public sealed class SnowflakeMartsTests
{
    [Fact]
    public async Task Each_query_has_a_session_with_a_time_limit_and_one_statement_over_the_marts()
    {
        var driver = new ScriptedDriver(sql => sql.Contains("information_schema", StringComparison.Ordinal) ? Table(["TABLE_NAME", "TABLE_ROWS", "TABLE_BYTES"], ["fct_encounters", 120L, 4096L], ["dim_patients", 10L, 1024L])
            : sql.StartsWith("select p.id", StringComparison.Ordinal) ? Table(["ID", "N"], ["p1", 1L], ["p2", 2L], ["p3", 3L]) : null);
        using var marts = await ConnectedMarts.OpenAsync(driver.CreateConnection, AnalyticsDialect.Snowflake, "marts", 7, DateTime.UnixEpoch);
        marts.Tables.ShouldBe(["dim_patients", "fct_encounters"]);
        (marts.Rows, marts.Bytes).ShouldBe((130L, 5120L));

        driver.Said.Clear();
        var result = await marts.QueryAsync("select p.id, n from dim_patients as p where p.id = :id", new Dictionary<string, object?>(StringComparer.Ordinal) { ["id"] = "p1" }, 2, TimeSpan.FromSeconds(15));
        driver.Said.ShouldBe(
        [
            "open",
            "alter session set statement_timeout_in_seconds = 15, timezone = 'UTC', multi_statement_count = 1",
            "use schema \"MARTS\"",
            "select p.id, n from dim_patients as p where p.id = :id\n  -- p1",
            "cancel",
            "close",
        ]);
        result.Columns.Select(column => column.Name).ShouldBe(["id", "n"]);
        (result.Rows.Count, result.IsCut).ShouldBe((2, true));
    }

    [Fact]
    public async Task A_refusal_of_the_account_is_told_and_the_session_closed()
    {
        var driver = new ScriptedDriver(sql => sql.StartsWith("select", StringComparison.Ordinal) ? new ScriptedException(2003, "SQL compilation error: Object 'X' does not exist or not authorized.") : null);
        (await Should.ThrowAsync<MartsException>(() => ConnectedMarts.OpenAsync(driver.CreateConnection, AnalyticsDialect.Snowflake, "marts", 7, DateTime.UnixEpoch))).Code.ShouldBe("DB1003");
        driver.Said[^1].ShouldBe("close");
    }

    private static DataTable Table(string[] columns, params object[][] rows)
    {
        var table = new DataTable();
        for (var i = 0; i < columns.Length; i++)
        {
            table.Columns.Add(columns[i], rows[0][i].GetType());
        }

        foreach (var row in rows)
        {
            table.Rows.Add(row);
        }

        return table;
    }
}
