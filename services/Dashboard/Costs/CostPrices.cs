namespace FhirAspire.Dashboard.Costs;

/// <summary>List prices in USD (us-east-1, Snowflake Standard on demand, Azure Container Apps), stated here and changed by <c>--price NAME=VALUE</c>: check them before you rely on them.</summary>
public sealed record CostPrices
{
    /// <summary>A gigabyte in S3 for a month.</summary>
    public double S3GbMonth { get; set; } = 0.023;

    /// <summary>A gigabyte in Glacier for a month.</summary>
    public double GlacierGbMonth { get; set; } = 0.0036;

    /// <summary>A thousand writes to S3.</summary>
    public double S3PutPerThousand { get; set; } = 0.005;

    /// <summary>A thousand reads from S3.</summary>
    public double S3GetPerThousand { get; set; } = 0.0004;

    /// <summary>A credit of Snowflake's warehouses.</summary>
    public double SnowflakeCredit { get; set; } = 2.00;

    /// <summary>A terabyte in Snowflake for a month.</summary>
    public double SnowflakeTbMonth { get; set; } = 23;

    /// <summary>A virtual processor for a second.</summary>
    public double VcpuSecond { get; set; } = 0.000024;

    /// <summary>A GiB of memory for a second.</summary>
    public double GibSecond { get; set; } = 0.000003;

    /// <summary>A small PostgreSQL server for a month.</summary>
    public double PostgresMonth { get; set; } = 25;

    /// <summary>A gigabyte out of the containers' cloud.</summary>
    public double EgressGb { get; set; } = 0.087;
}

/// <summary>Sizes and speeds. The first ones are measured (docs/performance.md), or taken from the history of the data directory; those of Snowflake are assumptions until it is measured there.</summary>
public sealed record CostSizes
{
    /// <summary>Bytes of a patient's bundle: 1,001 MB of 273 patients.</summary>
    public double BytesPerPatient { get; set; } = 3_670_000;

    /// <summary>Of pretty-printed bundles.</summary>
    public double GzipRatio { get; set; } = 0.1;

    /// <summary>Bundle, hospitals, practitioners.</summary>
    public double FilesPerPatient { get; set; } = 3;

    /// <summary>Raw and marts together, compressed: 0.6 GB of 273 patients in DuckDB.</summary>
    public double WarehouseBytesPerPatient { get; set; } = 2_200_000;

    /// <summary>Of the whole way with two cores: 273 patients in 43 s.</summary>
    public double PatientsPerSecondAndReplica { get; set; } = 6.4;

    /// <summary>Bytes of a packed object.</summary>
    public double PackBytes { get; set; } = 150e6;

    /// <summary>Assumption: small files that an X-Small warehouse copies a second.</summary>
    public double CopyFilesPerSecond { get; set; } = 40;

    /// <summary>Assumption: GB (compressed) that an X-Small warehouse copies a second.</summary>
    public double CopyGbPerSecond { get; set; } = 0.01;

    /// <summary>Assumption: seconds of a run that finds nothing to do.</summary>
    public double DbtSecondsPerRun { get; set; } = 60;

    /// <summary>Assumption from DuckDB's 19 s for 273 patients on two cores.</summary>
    public double DbtSecondsPerPatient { get; set; } = 0.07;
}
