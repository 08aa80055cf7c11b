using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Adapters;

/// <summary>PostgreSQL 15 and newer (https://www.postgresql.org/docs/current/).</summary>
internal sealed class PostgresAdapter(RelationPolicy projectQuote) : IDbtAdapter
{
    public string Type => "postgres";

    public RelationPolicy DefaultQuote => RelationPolicy.All;

    public RelationPolicy ProjectQuote => projectQuote;

    public bool NeedsSubqueryAlias => true;

    public ColumnDialect Columns => PostgresColumns.Instance;

    public DbtErrorKind DatabaseErrorKind => DbtErrorKind.Database;

    public IReadOnlyList<string> BuiltInStrategies => ["append", "delete+insert", "merge", "microbatch"];

    public bool HasTransactionalDdl => true;

    // As dbt's driver has it: the tag's words without its numbers are the code, and -1 stands for no number of rows.
    public AdapterResponse Response(string sql, long rows, bool isQuery)
    {
        var tag = PostgresCommandTag.Of(sql, rows);
        return new AdapterResponse(tag, string.Join(' ', tag.Split(' ').Where(word => word.Length > 0 && !char.IsDigit(word[0]))), rows);
    }

    public string Quote(string identifier) => $"\"{identifier}\"";

    public string ListRelationsSql(string database, IReadOnlyCollection<string> schemas)
    {
        var names = string.Join(", ", schemas.Select(Text));
        return $"""
            select {Literal(database)}, schemaname, tablename, 'table' from pg_tables where lower(schemaname) in ({names})
            union all select {Literal(database)}, schemaname, viewname, 'view' from pg_views where lower(schemaname) in ({names})
            union all select {Literal(database)}, schemaname, matviewname, 'materialized_view' from pg_matviews where lower(schemaname) in ({names})
            """;
    }

    // What a view reads stands in the dependencies of its rule (https://www.postgresql.org/docs/current/catalog-pg-depend.html).
    public string? ListDependentsSql(DbtRelation relation) =>
        $"""
        with recursive gone as (
          select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
          where n.nspname = {Literal(relation.Schema ?? string.Empty)} and c.relname = {Literal(relation.Identifier ?? string.Empty)} and c.relkind in ('r', 'p', 'f', 'v', 'm')
          union
          select r.ev_class from gone
          join pg_depend d on d.refobjid = gone.oid and d.refclassid = 'pg_class'::regclass and d.classid = 'pg_rewrite'::regclass
          join pg_rewrite r on r.oid = d.objid
        )
        select n.nspname::text, c.relname::text from gone join pg_class c on c.oid = gone.oid join pg_namespace n on n.oid = c.relnamespace
        """;

    public string ListSchemasSql(string database) => "select nspname from pg_namespace";

    public async Task<IReadOnlyList<DbtColumn>> ColumnsAsync(IWarehouseSession session, DbtRelation relation, CancellationToken cancellationToken)
    {
        // A temporary table stands in a schema of the session's own.
        var schema = relation.Schema is null ? "table_schema like 'pg_temp%'" : $"table_schema = {Literal(relation.Schema)}";
        var result = await session.QueryAsync(
            $"select column_name::text, data_type::text, character_maximum_length::bigint, numeric_precision::bigint, numeric_scale::bigint from information_schema.columns where table_name = {Literal(relation.Identifier ?? string.Empty)} and {schema} order by ordinal_position",
            null,
            cancellationToken).ConfigureAwait(false);
        return [.. result.Rows.Select(row => new DbtColumn(Columns, Val.Str(row[0]), Val.Str(row[1]), row[2] as long?, row[3], row[4]))];
    }

    public async Task<IReadOnlyList<DbtColumn>> QueryColumnsAsync(IWarehouseSession session, string sql, CancellationToken cancellationToken)
    {
        var result = await session.QueryAsync(sql, null, cancellationToken).ConfigureAwait(false);
        return [.. result.Columns.Select(column => new DbtColumn(Columns, column.Name, column.DatabaseType))];
    }

    public string SeedType(SeedType type) => type switch
    {
        Adapters.SeedType.Integer => "integer",
        Adapters.SeedType.Float => "float8",
        Adapters.SeedType.Date => "date",
        Adapters.SeedType.Timestamp => "timestamp without time zone",
        Adapters.SeedType.Boolean => "boolean",
        _ => "text",
    };

    public int ConstraintSupport(string type) => type is "check" or "not_null" or "unique" or "primary_key" or "foreign_key" or "custom" ? 2 : 0;

    private static string Text(string value) => Literal(value.ToLowerInvariant());

    private static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
