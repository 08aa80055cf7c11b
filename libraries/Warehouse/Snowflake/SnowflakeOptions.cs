using System.ComponentModel.DataAnnotations;
using System.Data.Common;

namespace FhirAspire.Warehouse.Snowflake;

/// <summary>How a Snowflake account is reached.</summary>
public sealed class SnowflakeOptions : IValidatableObject
{
    /// <summary>
    /// Account, user, database and login, such as <c>account=ab12345;user=FHIR_LOADER;authenticator=snowflake_jwt;private_key_file=...;db=FHIR;role=FHIR_LOADER;warehouse=FHIR_LOAD</c>;
    /// with OAuth <c>authenticator=oauth;token=...</c> (https://github.com/snowflakedb/snowflake-connector-net). A secret: give it by the environment; it is never logged.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>What the account's query history shows the statements under.</summary>
    public string QueryTag { get; set; } = "fhir-aspire";

    /// <summary>Seconds after which the account ends a statement; 0 is the account's own limit of two days.</summary>
    [Range(0, 604_800)]
    public int StatementTimeoutSeconds { get; set; } = 3600;

    /// <summary>The external stage over the bucket (infra/snowflake/03-stage.sql).</summary>
    public string Stage { get; set; } = "raw.fhir_stage";

    /// <summary>The file format of <see cref="Stage"/>.</summary>
    public string FileFormat { get; set; } = "raw.fhir_json";

    /// <summary>What the keys of objects begin with at the stage's root; the stage's own URL ends with it.</summary>
    public string StagePrefix { get; set; } = "raw/";

    /// <summary>Parameters of every session besides time zone, tag and time-out (https://docs.snowflake.com/en/sql-reference/parameters).</summary>
    public Dictionary<string, string> SessionParameters { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        DbConnectionStringBuilder? parts = null;
        try
        {
            parts = new DbConnectionStringBuilder { ConnectionString = ConnectionString };
        }
        catch (ArgumentException)
        {
            // What the parser says may quote the string, and with it the key.
        }

        if (string.IsNullOrWhiteSpace(ConnectionString) || parts is null)
        {
            yield return new ValidationResult($"{nameof(ConnectionString)} {(parts is null ? "can't be read (not shown, since it may hold a secret)" : "is empty")}; expected such as account=ab12345;user=FHIR_LOADER;authenticator=snowflake_jwt;private_key_file=...;db=FHIR;warehouse=FHIR_LOAD.", [nameof(ConnectionString)]);
            yield break;
        }

        foreach (var key in new[] { "account", "db", "warehouse" }.Where(key => !parts.ContainsKey(key)))
        {
            yield return new ValidationResult($"{nameof(ConnectionString)} names no {key}.", [nameof(ConnectionString)]);
        }

        foreach (var (name, value) in new[] { (nameof(Stage), Stage), (nameof(FileFormat), FileFormat) })
        {
            if (!IsName(value))
            {
                yield return new ValidationResult($"{name} is '{value}'; expected schema.name of letters, digits and underscores.", [name]);
            }
        }

        foreach (var name in SessionParameters.Keys.Where(name => !IsName(name)))
        {
            yield return new ValidationResult($"{nameof(SessionParameters)} has '{name}'; expected the name of a parameter of Snowflake, such as WEEK_START.", [nameof(SessionParameters)]);
        }
    }

    private static bool IsName(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.');
}
