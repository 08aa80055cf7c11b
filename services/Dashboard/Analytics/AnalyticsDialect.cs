using System.Globalization;

namespace FhirAspire.Dashboard.Analytics;

/// <summary>
/// What the databases that hold marts write differently. The charts' queries are of what all of them share, and ask here for the rest, so that one
/// definition of a measure holds everywhere.
/// </summary>
public abstract class AnalyticsDialect
{
    /// <summary>DuckDB, which reads the published files.</summary>
    public static AnalyticsDialect DuckDb { get; } = new DuckDbDialect();

    /// <summary>PostgreSQL 15 and newer.</summary>
    public static ConnectedDialect Postgres { get; } = new PostgresDialect();

    /// <summary>Snowflake.</summary>
    public static ConnectedDialect Snowflake { get; } = new SnowflakeDialect();

    /// <summary>Its name.</summary>
    public abstract string Name { get; }

    /// <summary>What stands before a common table expression that is worked out once; empty where the database decides.</summary>
    public virtual string Materialized => "materialized ";

    /// <summary>Days from a date to another.</summary>
    public virtual string Days(string from, string to) => $"datediff('day', {from}, {to})";

    /// <summary>Seconds from a time to another.</summary>
    public virtual string Seconds(string from, string to) => $"datediff('second', {from}, {to})";

    /// <summary>Full years from a birthday to a date.</summary>
    public abstract string Age(string birth, string day);

    /// <summary>A date some months later, or the last of that month where it has no such day.</summary>
    public abstract string AddMonths(string date, string months);

    /// <summary>A named parameter.</summary>
    public abstract string Parameter(string name);

    private sealed class DuckDbDialect : AnalyticsDialect
    {
        public override string Name => "duckdb";

        public override string Age(string birth, string day) => $"date_sub('year', {birth}, {day})";

        public override string AddMonths(string date, string months) => $"cast({date} + to_months(cast({months} as integer)) as date)";

        public override string Parameter(string name) => "$" + name;
    }

    private sealed class PostgresDialect : ConnectedDialect
    {
        public override string Name => "postgres";

        public override string Days(string from, string to) => $"({to} - {from})";

        public override string Seconds(string from, string to) => $"floor(extract(epoch from {to} - {from}))";

        public override string Age(string birth, string day) => $"cast(extract(year from age({day}, {birth})) as integer)";

        public override string AddMonths(string date, string months) => $"cast({date} + ({months}) * interval '1 month' as date)";

        public override string Parameter(string name) => "@" + name;

        public override string Sizes(string schema) =>
            $"""
            select c.relname as table_name, cast(greatest(c.reltuples, 0) as bigint) as table_rows, pg_total_relation_size(c.oid) as table_bytes
            from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
            where n.nspname = {SqlBuilder.Text(schema)} and c.relkind in ('r', 'm', 'p') and has_table_privilege(c.oid, 'select')
            """;

        public override IReadOnlyList<string> ReadOnly(string schema, TimeSpan timeout) =>
        [
            "begin transaction isolation level repeatable read, read only",
            string.Create(CultureInfo.InvariantCulture, $"set local statement_timeout = {(long)timeout.TotalMilliseconds}"),
            "set local timezone = 'UTC'",
            $"set local search_path = \"{schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        ];
    }

    private sealed class SnowflakeDialect : ConnectedDialect
    {
        public override string Name => "snowflake";

        public override string Materialized => "";

        // There a difference in years is one of calendar years alone.
        public override string Age(string birth, string day) => $"(datediff('year', {birth}, {day}) - case when to_char({day}, 'MMDD') < to_char({birth}, 'MMDD') then 1 else 0 end)";

        public override string AddMonths(string date, string months) => $"dateadd('month', {months}, {date})";

        public override string Parameter(string name) => ":" + name;

        public override string Sizes(string schema) =>
            $"select lower(table_name) as table_name, row_count as table_rows, bytes as table_bytes from information_schema.tables where table_schema = {SqlBuilder.Text(schema.ToUpperInvariant())} and table_type = 'BASE TABLE'";

        // A session cannot be made read-only there: that is the role's part. It takes one statement at a time by default.
        public override IReadOnlyList<string> ReadOnly(string schema, TimeSpan timeout) =>
        [
            string.Create(CultureInfo.InvariantCulture, $"alter session set statement_timeout_in_seconds = {(long)Math.Ceiling(timeout.TotalSeconds)}, timezone = 'UTC', multi_statement_count = 1"),
            $"use schema \"{schema.ToUpperInvariant().Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        ];
    }
}

/// <summary>That of a database whose tables are read where they are.</summary>
public abstract class ConnectedDialect : AnalyticsDialect
{
    /// <summary>Tables of a schema with rows and bytes, without counting.</summary>
    public abstract string Sizes(string schema);

    /// <summary>What makes a new connection one that reads the tables of a schema by their names, for a time, and writes nothing.</summary>
    public abstract IReadOnlyList<string> ReadOnly(string schema, TimeSpan timeout);
}
