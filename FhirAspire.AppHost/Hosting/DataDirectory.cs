namespace FhirAspire.AppHost.Hosting;

/// <summary>The folder that holds everything that a host keeps.</summary>
internal sealed class DataDirectory(string root)
{
    public string Root { get; } = Path.GetFullPath(root);

    public string Spool => Path.Combine(Root, "output", "bundles");

    public string ReplayState => Path.Combine(Root, "output", "replay.json");

    public string GeneratorPosition => Path.Combine(Root, "generator.json");

    public string S3 => Path.Combine(Root, "s3");

    public string Warehouse => Path.Combine(Root, "warehouse.duckdb");

    public string History => Path.Combine(Root, "history.db");

    public string Marts => Path.Combine(Root, "marts");

    public string DbtTarget => Path.Combine(Root, "dbt-target");

    public string Logs => Path.Combine(Root, "logs");

    public string Backups => Path.Combine(Root, "backups");

    public string Holder => Path.Combine(Root, "host.json");

    public string Lock => Path.Combine(Root, "host.lock");

    /// <summary>What a host leaves in here, and <c>reset</c> removes; anything else in the folder is somebody else's.</summary>
    public IReadOnlyList<string> Contents =>
    [
        Path.Combine(Root, "output"), GeneratorPosition, GeneratorPosition + ".lock", S3, Warehouse, Warehouse + ".wal", Warehouse + ".tmp", Warehouse + ".restoring", Warehouse + ".before-restore", Warehouse + ".before-restore.wal", Warehouse + ".before-rebuild", Warehouse + ".before-rebuild.wal", History, History + "-wal", History + "-shm", Path.Combine(Root, "storage.jsonl"), Marts, DbtTarget, Logs, Holder, Lock,
    ];
}
