using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.Warehouse.Hosting;

/// <summary>Which warehouse, and how it is reached. Section <c>Warehouse</c>.</summary>
public sealed class WarehouseOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Warehouse";

    /// <summary>The database.</summary>
    public WarehouseKind Kind { get; set; } = WarehouseKind.DuckDb;

    /// <summary>The options of <see cref="WarehouseKind.DuckDb"/>.</summary>
    public DuckDbOptions DuckDb { get; set; } = new();
}
