using FhirAspire.Warehouse.DuckDb;
using FhirAspire.Warehouse.Postgres;
using FhirAspire.Warehouse.Snowflake;

namespace FhirAspire.Warehouse.Hosting;

/// <summary>Which warehouse, and how it is reached. Section <c>Warehouse</c>.</summary>
public sealed class WarehouseOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Warehouse";

    /// <summary>The database.</summary>
    public WarehouseKind Kind { get; set; } = WarehouseKind.DuckDb;

    /// <summary>Another name of <see cref="Kind"/>, as <c>History:Provider</c> has it.</summary>
    public WarehouseKind Provider
    {
        get => Kind;
        set => Kind = value;
    }

    /// <summary>The options of <see cref="WarehouseKind.DuckDb"/>.</summary>
    public DuckDbOptions DuckDb { get; set; } = new();

    /// <summary>The options of <see cref="WarehouseKind.Postgres"/>.</summary>
    public PostgresOptions Postgres { get; set; } = new();

    /// <summary>The options of <see cref="WarehouseKind.Snowflake"/>.</summary>
    public SnowflakeOptions Snowflake { get; set; } = new();
}
