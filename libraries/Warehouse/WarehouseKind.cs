namespace FhirAspire.Warehouse;

/// <summary>The warehouses that the pipeline runs on.</summary>
public enum WarehouseKind
{
    /// <summary>DuckDB, a file in the data directory; one process at a time.</summary>
    DuckDb,

    /// <summary>PostgreSQL 15 or newer.</summary>
    Postgres,

    /// <summary>Snowflake.</summary>
    Snowflake,
}
