using FhirAspire.Dbt.Values;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Adapters;

/// <summary>DuckDB (https://duckdb.org/docs).</summary>
internal sealed class DuckDbAdapter(RelationPolicy projectQuote) : IDbtAdapter
{
    public string Type => "duckdb";

    public RelationPolicy DefaultQuote => RelationPolicy.All;

    public RelationPolicy ProjectQuote => projectQuote;

    public bool NeedsSubqueryAlias => false;

    public ColumnDialect Columns => DuckDbColumns.Instance;

    public DbtErrorKind DatabaseErrorKind => DbtErrorKind.Runtime;

    public IReadOnlyList<string> BuiltInStrategies => ["append", "delete+insert", "merge", "microbatch"];

    public bool HasTransactionalDdl => true;

    public string Quote(string identifier) => $"\"{identifier}\"";

    public string ListRelationsSql(string database, IReadOnlyCollection<string> schemas) =>
        $"""
        select table_catalog, table_schema, table_name, case table_type when 'VIEW' then 'view' else 'table' end
        from system.information_schema.tables
        where lower(table_catalog) = {Text(database)} and lower(table_schema) in ({string.Join(", ", schemas.Select(Text))})
        """;

    public string? ListDependentsSql(DbtRelation relation) => null;

    public string ListSchemasSql(string database) => $"select schema_name from system.information_schema.schemata where lower(catalog_name) = {Text(database)}";

    public async Task<IReadOnlyList<DbtColumn>> ColumnsAsync(IWarehouseSession session, DbtRelation relation, CancellationToken cancellationToken)
    {
        var result = await session.QueryAsync(
            $"""
            select column_name, data_type, character_maximum_length::bigint, numeric_precision::bigint, numeric_scale::bigint from duckdb_columns()
            where lower(table_name) = {Text(relation.Identifier ?? string.Empty)}
            {(relation.Schema is null ? string.Empty : $"and lower(schema_name) = {Text(relation.Schema)}")}
            {(relation.Database is null ? relation.Schema is null ? "and database_name = 'temp'" : string.Empty : $"and lower(database_name) = {Text(relation.Database)}")}
            order by column_index
            """,
            null,
            cancellationToken).ConfigureAwait(false);
        return [.. result.Rows.Select(row => new DbtColumn(Columns, Val.Str(row[0]), Val.Str(row[1]), row[2] as long?, row[3], row[4]))];
    }

    public async Task<IReadOnlyList<DbtColumn>> QueryColumnsAsync(IWarehouseSession session, string sql, CancellationToken cancellationToken)
    {
        var result = await session.QueryAsync($"describe {sql}", null, cancellationToken).ConfigureAwait(false);
        return [.. result.Rows.Select(row => new DbtColumn(Columns, Val.Str(row[0]), Val.Str(row[1])))];
    }

    public string SeedType(SeedType type) => type switch
    {
        Adapters.SeedType.Integer => "integer",
        Adapters.SeedType.Float => "float8",
        Adapters.SeedType.Date => "date",
        Adapters.SeedType.Timestamp => "timestamp",
        Adapters.SeedType.Boolean => "boolean",
        _ => "text",
    };

    public int ConstraintSupport(string type) => type is "check" or "not_null" or "unique" or "primary_key" or "foreign_key" or "custom" ? 2 : 0;

    // DuckDB takes no database there.
    public string ForeignKeyTarget(string relation)
    {
        var isQuoted = false;
        var dots = new List<int>();
        for (var i = 0; i < relation.Length; i++)
        {
            isQuoted ^= relation[i] == '"';
            if (!isQuoted && relation[i] == '.')
            {
                dots.Add(i);
            }
        }

        return dots.Count > 1 ? relation[(dots[0] + 1)..] : relation;
    }

    private static string Text(string value) => $"'{value.ToLowerInvariant().Replace("'", "''", StringComparison.Ordinal)}'";
}
