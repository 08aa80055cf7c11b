using FhirAspire.Dbt.Values;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Adapters;

/// <summary>Snowflake (https://docs.snowflake.com/en/sql-reference). Names are not quoted, so the database keeps them in upper case.</summary>
internal sealed class SnowflakeAdapter(RelationPolicy projectQuote) : IDbtAdapter
{
    public string Type => "snowflake";

    public RelationPolicy DefaultQuote => new(false, false, false);

    public RelationPolicy ProjectQuote => projectQuote;

    public bool NeedsSubqueryAlias => false;

    public ColumnDialect Columns => SnowflakeColumns.Instance;

    public DbtErrorKind DatabaseErrorKind => DbtErrorKind.Database;

    public IReadOnlyList<string> BuiltInStrategies => ["append", "merge", "delete+insert", "microbatch", "insert_overwrite"];

    public bool HasTransactionalDdl => false;

    public string Quote(string identifier) => $"\"{identifier}\"";

    public string ListRelationsSql(string database, IReadOnlyCollection<string> schemas) =>
        $"""
        select table_catalog, table_schema, table_name, case table_type when 'VIEW' then 'view' when 'MATERIALIZED VIEW' then 'materialized_view' else 'table' end
        from {database}.information_schema.tables
        where lower(table_schema) in ({string.Join(", ", schemas.Select(schema => Literal(schema.ToLowerInvariant())))})
        """;

    public string? ListDependentsSql(DbtRelation relation) => null;

    public string ListSchemasSql(string database) => $"select schema_name from {database}.information_schema.schemata";

    public async Task<IReadOnlyList<DbtColumn>> ColumnsAsync(IWarehouseSession session, DbtRelation relation, CancellationToken cancellationToken)
    {
        var result = await session.QueryAsync($"describe table {relation.Render()}", null, cancellationToken).ConfigureAwait(false);
        return [.. result.Rows.Select(row => ColumnClass.FromDescription(Columns, Val.Str(row[0]), Val.Str(row[1])))];
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

    // Only not null is enforced; keys are kept as information.
    public int ConstraintSupport(string type) => type switch { "not_null" or "custom" => 2, "unique" or "primary_key" or "foreign_key" => 1, _ => 0 };

    private static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";
}
