namespace FhirAspire.Dbt;

/// <summary>What dbt calls an error.</summary>
public enum DbtErrorKind
{
    /// <summary>A message without a kind, such as a cycle.</summary>
    Plain,

    /// <summary>The command line was refused.</summary>
    Usage,

    /// <summary><c>Compilation Error</c>: a template, a macro, a reference.</summary>
    Compilation,

    /// <summary><c>Parsing Error</c>: a file or a property.</summary>
    Parsing,

    /// <summary><c>Runtime Error</c>: configuration, and what DuckDB says.</summary>
    Runtime,

    /// <summary><c>Database Error</c>: what PostgreSQL and Snowflake say.</summary>
    Database,

    /// <summary><c>Dependency Error</c>: packages.</summary>
    Dependency,

    /// <summary><c>Internal Error</c>: a fault of the engine, or a state that the command needs and has not.</summary>
    Internal,
}
