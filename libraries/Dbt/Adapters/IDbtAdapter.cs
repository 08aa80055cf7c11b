using FhirAspire.Dbt.Compile;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Adapters;

/// <summary>What the engine needs to know of a database, beyond its macros.</summary>
internal interface IDbtAdapter
{
    /// <summary>dbt's name: <c>duckdb</c>, <c>postgres</c>, <c>snowflake</c>.</summary>
    string Type { get; }

    /// <summary>Which parts of a name are quoted unless something else is said.</summary>
    RelationPolicy DefaultQuote { get; }

    /// <summary><see cref="DefaultQuote"/> with what the project says.</summary>
    RelationPolicy ProjectQuote { get; }

    /// <summary>Whether a subquery in a <c>from</c> needs an alias.</summary>
    bool NeedsSubqueryAlias { get; }

    ColumnDialect Columns { get; }

    /// <summary>What dbt calls an error that the database raises.</summary>
    DbtErrorKind DatabaseErrorKind { get; }

    IReadOnlyList<string> BuiltInStrategies { get; }

    /// <summary>Whether tables can be dropped, created and renamed inside a transaction.</summary>
    bool HasTransactionalDdl { get; }

    string Quote(string identifier);

    /// <summary>The query for all tables and views of some schemas: database, schema, name, type.</summary>
    string ListRelationsSql(string database, IReadOnlyCollection<string> schemas);

    /// <summary>The query for what goes with a relation when it is dropped: schema and name; null where nothing does.</summary>
    string? ListDependentsSql(DbtRelation relation);

    /// <summary>The query for the names of all schemas of a database.</summary>
    string ListSchemasSql(string database);

    /// <summary>The columns of a relation, in order; none when it is not there.</summary>
    Task<IReadOnlyList<DbtColumn>> ColumnsAsync(IWarehouseSession session, DbtRelation relation, CancellationToken cancellationToken);

    /// <summary>The columns that a query gives.</summary>
    Task<IReadOnlyList<DbtColumn>> QueryColumnsAsync(IWarehouseSession session, string sql, CancellationToken cancellationToken);

    /// <summary>The column type for values that were guessed from text.</summary>
    string SeedType(SeedType type);

    /// <summary>How enforcement of a constraint stands: 2 enforced, 1 accepted, 0 not supported.</summary>
    int ConstraintSupport(string type);

    /// <summary>What dbt says that the database has answered to statements.</summary>
    /// <param name="sql">The statements.</param>
    /// <param name="rows">The rows that the last one has changed, or given; negative where the database does not say.</param>
    /// <param name="isQuery">Whether its rows were asked for.</param>
    AdapterResponse Response(string sql, long rows, bool isQuery) => new("OK", null, !isQuery && (rows > 0 || (rows == 0 && ChangesRows(sql))) ? rows : null);

    // Databases also say 0 for what changes no rows, such as the making of a view.
    private static bool ChangesRows(string sql)
    {
        var text = sql.AsSpan().Trim();
        return text.StartsWith("insert", StringComparison.OrdinalIgnoreCase) || text.StartsWith("update", StringComparison.OrdinalIgnoreCase) || text.StartsWith("delete", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("merge", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>How the relation is written that the foreign key of a column points to.</summary>
    string ForeignKeyTarget(string relation) => relation;
}
