using System.Collections;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Postgres;
using FhirAspire.Warehouse.Snowflake;

namespace FhirAspire.DbtRunner;

/// <summary>The environment that the project's profile is filled from: the process's own, and what the host's configuration says of the warehouse.</summary>
public static class DbtEnvironment
{
    /// <summary>The variables for a warehouse.</summary>
    public static Dictionary<string, string> For(IWarehouse warehouse)
    {
        ArgumentNullException.ThrowIfNull(warehouse);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        variables["DBT_TARGET"] = warehouse.Kind switch
        {
            WarehouseKind.DuckDb => "duckdb",
            WarehouseKind.Postgres => "postgres",
            _ => "snowflake",
        };
        switch (warehouse)
        {
            case PostgresWarehouse postgres:
                // The connection is the host's own; the profile only has to name what relations are called by.
                variables["POSTGRES_DATABASE"] = postgres.Database;
                break;
            case SnowflakeWarehouse snowflake:
                variables["SNOWFLAKE_DATABASE"] = snowflake.Database;
                break;
            case { Kind: WarehouseKind.DuckDb }:
                variables["DUCKDB_PATH"] = warehouse.Location;
                break;
        }

        return variables;
    }
}
