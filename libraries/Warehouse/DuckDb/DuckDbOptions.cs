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
    /// Whether a write-ahead log that DuckDB can't read is set aside (<c>{file}.wal.set-aside-1</c>), and the file opened as its last checkpoint left it. DuckDB 1.5
    /// has been seen to leave such a log behind when it was killed in the middle of a checkpoint ("Failure while replaying WAL file ... Conflict on tuple deletion").
    /// What had been committed since is missing then: true only where all of it can be made again, as everything here can from S3.
    /// </summary>
    public bool SetAsideUnreadableLog { get; set; }

    /// <summary>Further settings, as <c>SET name = value</c> takes them; they come before the warehouse's own, such as its time zone, UTC.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The statement that attaches a file under a name; a file that is not there yet is made as these options say, one that is keeps what it was made with.</summary>
    /// <param name="path">The file.</param>
    /// <param name="alias">The database's name, quoted where it has to be.</param>
    public string AttachStatement(string path, string alias)
    {
        List<string> making = [];
        if (!File.Exists(path))
        {
            if (StorageVersion is not null)
            {
                making.Add($"STORAGE_VERSION {SqlDialect.Literal(StorageVersion)}");
            }

            if (RowGroupSize > 0)
            {
                making.Add($"ROW_GROUP_SIZE {RowGroupSize}");
            }
        }

        return $"ATTACH {SqlDialect.Literal(path)} AS {alias}{(making.Count == 0 ? "" : $" ({string.Join(", ", making)})")}";
    }
}
