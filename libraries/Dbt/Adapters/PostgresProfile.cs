using System.Globalization;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;
using FhirAspire.Warehouse.Postgres;
using Npgsql;

namespace FhirAspire.Dbt.Adapters;

/// <summary>A target of type <c>postgres</c> (https://docs.getdbt.com/docs/core/connect-data-platform/postgres-setup).</summary>
internal static class PostgresProfile
{
    /// <summary>
    /// How statements in the host's sessions are planned: tests, and the models of any project (those of the host's own project say it themselves, by
    /// <c>plan_joins</c>, for dbt). PostgreSQL knows nothing of a CTE's size, takes it for one row, and joins large ones by nested loops, whose time grows with the
    /// square of an increment; and it compiles statements that run once. Its own 4 MB for a sort or a hash table send every larger one to disk; who has set more keeps it.
    /// </summary>
    public static readonly string[] Planning = ["set enable_nestloop = off", "set jit = off", "select set_config('work_mem', '64MB', false) where pg_size_bytes(current_setting('work_mem')) < pg_size_bytes('64MB')"];

    public static ConnectionSource Connect(DbtProfile profile)
    {
        var credentials = profile.Credentials;
        string Required(string key) => credentials.Get(key) is { } value && Val.Str(value).Length > 0 ? Val.Str(value) : throw Fault(profile, $"'{key}' is a required property", $"no '{key}'", $"'{key}' of the server");
        var connection = new NpgsqlConnectionStringBuilder
        {
            Host = Required("host"),
            Port = Number(profile, "port", 5432),
            Username = Required("user"),
            Database = profile.Database,
            Timeout = Number(profile, "connect_timeout", 10),
            ApplicationName = credentials.GetString("application_name") ?? "dbt",
        };
        if (credentials.Get("password") is { } password && Val.Str(password) is { Length: > 0 } secret)
        {
            connection.Password = secret;
        }

        if (credentials.GetString("search_path") is { Length: > 0 } path)
        {
            connection.SearchPath = path;
        }

        if (Number(profile, "keepalives_idle", 0) is > 0 and var seconds)
        {
            connection.TcpKeepAlive = true;
            connection.TcpKeepAliveTime = seconds;
        }

        Encrypt(profile, connection);
        string[] open = credentials.GetString("role") is { Length: > 0 } role ? [$"set role \"{role.Replace("\"", "\"\"", StringComparison.Ordinal)}\""] : [];
        return new ConnectionSource(new PostgresWarehouse(new PostgresOptions { ConnectionString = connection.ConnectionString }), ownsWarehouse: true, open);
    }

    private static void Encrypt(DbtProfile profile, NpgsqlConnectionStringBuilder connection)
    {
        var credentials = profile.Credentials;
        if (credentials.GetString("sslmode") is { } mode)
        {
            connection.SslMode = mode switch
            {
                "disable" => SslMode.Disable,
                "allow" => SslMode.Allow,
                "prefer" => SslMode.Prefer,
                "require" => SslMode.Require,
                "verify-ca" => SslMode.VerifyCA,
                "verify-full" => SslMode.VerifyFull,
                _ => throw Fault(profile, $"'{mode}' is not a mode of 'sslmode'", mode, "disable, allow, prefer, require, verify-ca or verify-full"),
            };
        }

        connection.SslCertificate = credentials.GetString("sslcert") ?? connection.SslCertificate;
        connection.SslKey = credentials.GetString("sslkey") ?? connection.SslKey;
        connection.RootCertificate = credentials.GetString("sslrootcert") ?? connection.RootCertificate;
    }

    private static int Number(DbtProfile profile, string key, int otherwise)
    {
        if (profile.Credentials.Get(key) is not { } value || Val.Str(value).Length == 0)
        {
            return otherwise;
        }

        return int.TryParse(Val.Str(value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Fault(profile, $"'{Val.Str(value)}' is not of type 'integer'", $"'{key}' is {Val.Str(value)}", "a whole number");
    }

    private static DbtException Fault(DbtProfile profile, string message, string found, string expected) =>
        new("DBT1014", DbtErrorKind.Runtime, $"Runtime Error\n  {message}\n\nError encountered in {ProfileLoader.FileName}, profile '{profile.ProfileName}'") { File = ProfileLoader.FileName, Found = found, Expected = expected };
}
