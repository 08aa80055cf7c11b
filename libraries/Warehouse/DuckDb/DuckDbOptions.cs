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

    /// <summary>
    /// The storage version of a new file, such as <c>v1.2.0</c>; by default DuckDB's own choice, which the oldest readers understand. From v1.2.0 on long texts are
    /// compressed (to about a tenth, for FHIR JSON).
    /// </summary>
    [RegularExpression(@"^(latest|v\d+\.\d+\.\d+)$", ErrorMessage = "StorageVersion must be 'latest' or a version such as v1.2.0.")]
    public string? StorageVersion { get; set; }

    /// <summary>
    /// Rows of a row group, a multiple of 2,048; 0 is DuckDB's own choice (122,880). A checkpoint writes the last row group of a table anew, which is dear where a row
    /// is a bundle of megabytes.
    /// </summary>
    [Range(0, 1 << 20)]
    public int RowGroupSize { get; set; }

    /// <summary>
    /// Lets an append after a checkpoint start a row group of its own, in tables with a primary key as well (<c>VACUUM_REBUILD_INDEXES</c> of <c>ATTACH</c>).
    /// Without it such a table's last row group is written anew at every checkpoint until it is full, and 2,048 bundles are 7 GB in one vector. Set
    /// <c>max_vacuum_tasks</c> to 0 with it, or checkpoints put the row groups together again. Rests on an experimental feature of DuckDB, with which the log of a
    /// killed process has failed to replay: not for data that can't be loaded again.
    /// </summary>
    public bool RowGroupPerCheckpoint { get; set; }

    /// <summary>Further settings, as <c>SET name = value</c> takes them.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);
}
