using System.ComponentModel.DataAnnotations;
using Npgsql;

namespace FhirAspire.Warehouse.Postgres;

/// <summary>How a PostgreSQL server is reached.</summary>
public sealed class PostgresOptions : IValidatableObject
{
    /// <summary>
    /// Host, database and login, such as <c>Host=db;Database=fhir;Username=loader;Password=...</c> (https://www.npgsql.org/doc/connection-string-parameters.html). A
    /// secret: give it by the environment (<c>Warehouse__Postgres__ConnectionString</c>); it is never logged. Without a password <c>PGPASSWORD</c> or the password file counts.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Settings of every session, as <c>SET name = value</c> takes them, such as <c>work_mem</c>.</summary>
    public Dictionary<string, string> Settings { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return Fault("is empty; expected such as Host=127.0.0.1;Database=fhir;Username=loader, set by the environment variable Warehouse__Postgres__ConnectionString");
            yield break;
        }

        NpgsqlConnectionStringBuilder? parsed = null;
        try
        {
            parsed = new NpgsqlConnectionStringBuilder(ConnectionString);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidCastException or OverflowException)
        {
            // What the parser says may quote the string, and with it the password.
        }

        if (parsed is null)
        {
            yield return Fault(ConnectionString.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) && ConnectionString.Contains("://", StringComparison.Ordinal)
                ? "is an address; expected parts such as Host=127.0.0.1;Port=5432;Database=fhir;Username=loader;Password=..."
                : "can't be read (not shown, since it may hold a password); expected parts such as Host=127.0.0.1;Database=fhir;Username=loader;Password=...");
            yield break;
        }

        if (string.IsNullOrWhiteSpace(parsed.Host))
        {
            yield return Fault("names no Host");
        }

        if (string.IsNullOrWhiteSpace(parsed.Database))
        {
            yield return Fault("names no Database");
        }

        foreach (var name in Settings.Keys.Where(name => name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.')))
        {
            yield return new ValidationResult($"Settings has '{name}'; expected the name of a setting of PostgreSQL, such as work_mem.", [nameof(Settings)]);
        }
    }

    private static ValidationResult Fault(string what) => new($"{nameof(ConnectionString)} {what}.", [nameof(ConnectionString)]);
}
