using Microsoft.Extensions.Configuration;

namespace FhirAspire.AppHost.Model;

/// <summary>What stands in for S3 and for the warehouse on this machine, and where everything is kept. Sections <c>Emulators</c>, <c>Replicas</c>, key <c>Data</c>.</summary>
/// <param name="S3">The object store.</param>
/// <param name="Warehouse">The warehouse, and with it the run history.</param>
/// <param name="Data">The folder of spool, files and artifacts.</param>
/// <param name="Root">The repository.</param>
internal sealed record Choices(S3Emulator S3, WarehouseEmulator Warehouse, string Data, string Root)
{
    /// <summary>The folder between generator and uploader: absolute, since their processes start in different ones.</summary>
    public string Spool => Path.Combine(Data, "output", "bundles");

    /// <summary>The dbt project.</summary>
    public string DbtProject => Path.Combine(Root, "dbt");

    /// <summary>Reads the configuration; containers are the default.</summary>
    public static Choices Read(IConfiguration configuration, string appHostDirectory)
    {
        var root = Path.GetFullPath(Path.Combine(appHostDirectory, ".."));
        return new Choices(
            configuration.GetValue("Emulators:S3", S3Emulator.LocalStack), configuration.GetValue("Emulators:Warehouse", WarehouseEmulator.Postgres),
            Path.GetFullPath(configuration["Data"] ?? Path.Combine(root, "data", "aspire")), root);
    }
}

/// <summary>What stands in for AWS S3.</summary>
internal enum S3Emulator
{
    /// <summary>The LocalStack container.</summary>
    LocalStack,

    /// <summary>The solution's own S3 server, for machines without a container runtime.</summary>
    Own,
}

/// <summary>What stands in for Snowflake and for the managed PostgreSQL.</summary>
internal enum WarehouseEmulator
{
    /// <summary>A PostgreSQL container with two databases.</summary>
    Postgres,

    /// <summary>A PostgreSQL server of one's own, by the connection strings <c>history</c> and <c>warehouse</c>.</summary>
    Server,

    /// <summary>Files: DuckDB and SQLite. One process at a time may write DuckDB's, so loader, dbt-runner and dashboard are one resource.</summary>
    DuckDb,
}
