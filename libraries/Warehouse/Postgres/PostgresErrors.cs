using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace FhirAspire.Warehouse.Postgres;

/// <summary>Tells the errors of PostgreSQL by their SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html).</summary>
internal static partial class PostgresErrors
{
    public static WarehouseException Translate(NpgsqlException exception, string location)
    {
        if (exception is not PostgresException server)
        {
            // No answer from the server: the network, a time-out, or a server that is gone.
            return new WarehouseException("WH1001", $"{location}: {exception.Message}{(exception.InnerException is { } inner ? $" ({inner.Message})" : "")}", isTransient: true,
                "check that the server runs and that Warehouse:Postgres:ConnectionString names its host and port", exception);
        }

        var state = server.SqlState;
        var message = Describe(server);
        return state switch
        {
            "40001" or "40P01" => new WarehouseException("WH2002", message, isTransient: true, null, server),
            "55P03" or "55006" => new WarehouseException("WH1002", message, isTransient: true, "another session holds it; it may be free later", server),
            "53300" or "57P03" => new WarehouseException("WH1001", $"{location}: {message}", isTransient: true, null, server),
            "57P01" or "57P02" or "57P05" or "25P03" or "25P04" => new WarehouseException("WH1001", $"{location}: {message}", isTransient: true, "the server ended the session", server),
            "57014" => new WarehouseException("WH2001", message, isTransient: true, "a time-out of the server (statement_timeout), or somebody cancelled it", server),
            "28P01" or "28000" => new WarehouseException("WH1001", $"{location}: {message}", isTransient: false, "check user, password and pg_hba.conf", server),
            "3D000" => new WarehouseException("WH1001", $"{location}: {message}", isTransient: false, "create the database, or name another in Warehouse:Postgres:ConnectionString", server),
            "42501" => new WarehouseException("WH2001", message, isTransient: false, "grant the right to this user, or use another", server),
            "23505" => new WarehouseException("WH2005", message, isTransient: false, null, server),
            // A full disk is emptied, memory is given back; a statement or document over a limit stays over it.
            _ when state.StartsWith("53", StringComparison.Ordinal) || state == "58030" => new WarehouseException("WH2003", message, isTransient: true, null, server),
            _ when state.StartsWith("08", StringComparison.Ordinal) => new WarehouseException("WH1001", $"{location}: {message}", isTransient: true, null, server),
            _ => new WarehouseException("WH2001", message, isTransient: false, null, server),
        };
    }

    /// <summary>The error of a bulk load; where the server refuses what a row holds, it says in which.</summary>
    public static WarehouseException TranslateLoad(NpgsqlException exception, string location)
    {
        // 22: a value that its type does not take; 54: over a limit of the server.
        if (exception is PostgresException { SqlState: ['2', '2', ..] or ['5', '4', ..], Where: { } where } server && RowOfCopy().Match(where) is { Success: true } match)
        {
            return new WarehouseException("WH2004", server.MessageText + (server.Detail is { } detail ? $": {detail}" : ""), isTransient: false, null, server)
            {
                Row = long.Parse(match.Groups["row"].Value, CultureInfo.InvariantCulture) - 1,
            };
        }

        return Translate(exception, location);
    }

    private static string Describe(PostgresException server)
    {
        var position = server.Position > 0 ? $", character {server.Position}" : "";
        return $"{server.MessageText} (SQLSTATE {server.SqlState}{position}){(server.Hint is { } hint ? $"; {hint}" : "")}";
    }

    // COPY fhir_bundles, line 3, column bundle_data
    [GeneratedRegex(@"^COPY .*, line (?<row>\d+)", RegexOptions.ExplicitCapture | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RowOfCopy();
}
