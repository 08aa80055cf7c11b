using FhirAspire.Dashboard.Access;
using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Dashboard;

/// <summary>Where the dashboard listens, who may see it, and its limits. Section <c>Dashboard</c>.</summary>
public sealed class DashboardOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Dashboard";

    /// <summary>The port; the next free one is taken if it is in use, and 0 means any free one. Without it the host's own addresses (<c>ASPNETCORE_URLS</c>) hold.</summary>
    [Range(0, 65535)]
    public int? Port { get; set; }

    /// <summary>The address to listen on. Any but a loopback address needs a login, and HTTPS or a named proxy.</summary>
    [Required]
    public string Bind { get; set; } = "127.0.0.1";

    /// <summary>Further host names under which browsers may reach the dashboard, such as the name that a proxy is known by.</summary>
    public List<string> AllowedHosts { get; } = [];

    /// <summary>The address of the proxy that ends HTTPS before the dashboard; requests from others are refused.</summary>
    public string? TrustedProxy { get; set; }

    /// <summary>A PKCS#12 file with the certificate for HTTPS.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>The password of <see cref="CertificateFile"/>.</summary>
    public string? CertificatePassword { get; set; }

    /// <summary>The token that lets its holder see everything; at least 20 characters.</summary>
    public string? ViewerToken { get; set; }

    /// <summary>The token that also lets its holder run, cancel, pause and retry; at least 20 characters.</summary>
    public string? OperatorToken { get; set; }

    /// <summary>The folder of the published marts; by default that of the dbt runner.</summary>
    public string? MartsDir { get; set; }

    /// <summary>Where analytics, patients and the SQL page read the marts.</summary>
    public MartsSource ReadFrom { get; set; }

    /// <summary>How the warehouse is reached where <see cref="ReadFrom"/> is one, by a role that can read the marts and nothing else.</summary>
    public string? ReadConnectionString { get; set; }

    /// <summary>The schema of the marts there.</summary>
    [RegularExpression("^[A-Za-z_][A-Za-z0-9_]{0,62}$", ErrorMessage = "ReadSchema must be the name of a schema.")]
    public string ReadSchema { get; set; } = "marts";

    /// <summary>The folder of dbt's artifacts; by default that of the dbt runner.</summary>
    public string? DbtTargetDir { get; set; }

    /// <summary>The file of the audit log; by default <c>audit.jsonl</c> beside the run history.</summary>
    public string? AuditFile { get; set; }

    /// <summary>The folder of the host's log files, a JSON object a line; without it runs show no log.</summary>
    public string? LogsDir { get; set; }

    /// <summary>The file of the storage samples; by default <c>storage.jsonl</c> beside the run history.</summary>
    public string? StorageFile { get; set; }

    /// <summary>Time between two samples of what is stored where.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00")]
    public TimeSpan StorageEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Memory of the readers' own database.</summary>
    [RegularExpression(@"^\d+\s*(MB|GB)$", ErrorMessage = "ReaderMemory must be a size such as 512MB.")]
    public string ReaderMemory { get; set; } = "512MB";

    /// <summary>Threads of the readers' own database.</summary>
    [Range(1, 64)]
    public int ReaderThreads { get; set; } = 2;

    /// <summary>Rows that a query of the SQL page returns at most.</summary>
    [Range(1, 1_000_000)]
    public int SqlMaxRows { get; set; } = 10_000;

    /// <summary>Time that a query of the SQL page takes at most.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SqlTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time that a chart's query takes at most.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ChartTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Age of the data in the marts that is called late.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00")]
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromMinutes(20);

    /// <summary>Login by an OpenID Connect provider, beside tokens or in their place.</summary>
    public OidcOptions Oidc { get; } = new();

    /// <summary>Whether a login is needed: as soon as a token or a provider is set.</summary>
    public bool NeedsLogin => !string.IsNullOrEmpty(ViewerToken) || !string.IsNullOrEmpty(OperatorToken) || Oidc.IsSet;
}

/// <summary>Where the marts are read.</summary>
public enum MartsSource
{
    /// <summary>The published Parquet files.</summary>
    Files,

    /// <summary>The tables of a PostgreSQL database.</summary>
    Postgres,

    /// <summary>The tables of a Snowflake account.</summary>
    Snowflake,
}
