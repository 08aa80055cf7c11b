using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Pipeline.Runs;

/// <summary>Where the run history is kept. Section <see cref="Section"/>.</summary>
public sealed class RunStoreOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "History";

    /// <summary>SQLite or PostgreSQL.</summary>
    public RunStoreProvider Provider { get; set; } = RunStoreProvider.Sqlite;

    /// <summary>A SQLite file's path, or a PostgreSQL connection string.</summary>
    public string ConnectionString { get; set; } = "";

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(ConnectionString))
        {
            yield return new ValidationResult($"ConnectionString is empty; expected {(Provider == RunStoreProvider.Sqlite ? "a file's path" : "a PostgreSQL connection string")}.", [nameof(ConnectionString)]);
        }
    }
}

/// <summary>The databases that can hold the run history.</summary>
public enum RunStoreProvider
{
    /// <summary>A file.</summary>
    Sqlite,

    /// <summary>A server, shared by several hosts.</summary>
    Postgres,
}
