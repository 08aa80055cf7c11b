using System.Globalization;

namespace FhirAspire.Warehouse.Snowflake;

/// <summary>What the account has counted: the credits of its warehouses, and this pipeline's statements, which its query tag tells from those of others.</summary>
/// <param name="Credits">Credits by day and warehouse, newest day first.</param>
/// <param name="Statements">Statements by day and kind, newest day first.</param>
public sealed record SnowflakeUsage(IReadOnlyList<WarehouseCredits> Credits, IReadOnlyList<TaggedStatements> Statements)
{
    /// <summary>Days that the account's table functions reach back: https://docs.snowflake.com/en/sql-reference/functions/query_history.</summary>
    public const int MostDays = 7;

    /// <summary>
    /// Reads both from the account's table functions, which answer at once (the views of <c>snowflake.account_usage</c> lag by up to three hours). The role needs
    /// <c>monitor usage on account</c> for the credits, and sees its own statements without it (infra/snowflake/04-roles.sql).
    /// </summary>
    /// <param name="session">A session of a <see cref="SnowflakeWarehouse"/>.</param>
    /// <param name="days">Days back, at most <see cref="MostDays"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<SnowflakeUsage> ReadAsync(IWarehouseSession session, int days = MostDays, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentOutOfRangeException.ThrowIfLessThan(days, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(days, MostDays);
        var options = ((SnowflakeWarehouse)session.Warehouse).Options;
        var credits = await session.QueryAsync(CreditsSql(days), null, cancellationToken).ConfigureAwait(false);
        var statements = await session.QueryAsync(StatementsSql(days, options.QueryTag), null, cancellationToken).ConfigureAwait(false);
        return new SnowflakeUsage(
            [.. credits.Rows.Select(row => new WarehouseCredits(Day(row[0]), Text(row[1]), Number(row[2])))],
            [.. statements.Rows.Select(row => new TaggedStatements(Day(row[0]), Text(row[1]), (long)Number(row[2]), (long)Number(row[3]), TimeSpan.FromMilliseconds(Number(row[4])), Number(row[5]), (long)Number(row[6])))]);
    }

    private static string CreditsSql(int days) => $"""
        select to_date(start_time), warehouse_name, sum(credits_used)
        from table(information_schema.warehouse_metering_history(dateadd('day', -{days}, current_date())))
        group by 1, 2
        order by 1 desc, 2
        """;

    private static string StatementsSql(int days, string tag) => $"""
        select to_date(start_time), query_type, count(*), sum(case when execution_status = 'SUCCESS' then 0 else 1 end), sum(total_elapsed_time), sum(credits_used_cloud_services), sum(bytes_scanned)
        from table(information_schema.query_history(end_time_range_start => dateadd('day', -{days}, current_timestamp()), result_limit => 10000))
        where query_tag = {SnowflakeWarehouse.Literal(tag)}
        group by 1, 2
        order by 1 desc, 2
        """;

    private static DateOnly Day(object? value) => value switch
    {
        DateTime day => DateOnly.FromDateTime(day),
        DateOnly day => day,
        _ => DateOnly.Parse(Text(value), CultureInfo.InvariantCulture),
    };

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static double Number(object? value) => Convert.ToDouble(value ?? 0, CultureInfo.InvariantCulture);
}

/// <summary>What a warehouse has used in a day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Warehouse">The warehouse.</param>
/// <param name="Credits">Its credits.</param>
public sealed record WarehouseCredits(DateOnly Day, string Warehouse, double Credits);

/// <summary>Statements of a kind in a day.</summary>
/// <param name="Day">The day, UTC.</param>
/// <param name="Kind">Such as <c>COPY</c> or <c>MERGE</c>.</param>
/// <param name="Count">How many.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="Elapsed">Their time in all.</param>
/// <param name="CloudCredits">Credits of the cloud services that they took.</param>
/// <param name="BytesScanned">Bytes read.</param>
public sealed record TaggedStatements(DateOnly Day, string Kind, long Count, long Failed, TimeSpan Elapsed, double CloudCredits, long BytesScanned);
