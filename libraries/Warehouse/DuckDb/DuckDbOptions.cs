using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Warehouse.DuckDb;

/// <summary>How a DuckDB file is opened.</summary>
public sealed class DuckDbOptions
{
    /// <summary>The file; <c>:memory:</c> is a database that ends with the process.</summary>
    [Required]
    public string Path { get; set; } = ":memory:";

    /// <summary>DuckDB's <c>memory_limit</c>, such as <c>2GB</c>. What does not fit is spilled to <see cref="TempDirectory"/>.</summary>
    [Required, RegularExpression(@"^\d+(\.\d+)?\s*(KB|MB|GB|KiB|MiB|GiB)$", ErrorMessage = "MemoryLimit must be a size such as 2GB.")]
    public string MemoryLimit { get; set; } = "2GB";

    /// <summary>Threads of one query; 0 is DuckDB's own choice, one per core.</summary>
    [Range(0, 1024)]
    public int Threads { get; set; }

    /// <summary>Where queries spill to; by default beside the file.</summary>
    public string? TempDirectory { get; set; }

    /// <summary>Further settings, as <c>SET name = value</c> takes them.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);
}
