namespace FhirAspire.Warehouse;

/// <summary>What the databases write differently in the few statements that are not dbt's.</summary>
public abstract class SqlDialect
{
    /// <summary>The type of a JSON document.</summary>
    public abstract string JsonType { get; }

    /// <summary>The largest document that a column of <see cref="JsonType"/> takes, in bytes of its text.</summary>
    public virtual long MaxDocumentBytes => long.MaxValue;

    /// <summary>The type of text of any length.</summary>
    public virtual string TextType => "varchar";

    /// <summary>The type of a text key that is kept in the order of its bytes (<see cref="BinaryOrder"/>).</summary>
    public virtual string KeyType => TextType;

    /// <summary>
    /// The constraint on the key of a table of documents. No two loads write one document, since the table of objects has a primary key everywhere; where an
    /// index costs more than it serves, this key goes without.
    /// </summary>
    public virtual string DocumentKey => "primary key";

    /// <summary>The type of a UTC instant without zone.</summary>
    public virtual string TimestampType => "timestamp";

    /// <summary>The marker of the n-th parameter, counted from 1.</summary>
    public abstract string Parameter(int number);

    /// <summary>A name in quotes, with quotes inside doubled.</summary>
    public virtual string Quote(string identifier)
    {
        ArgumentNullException.ThrowIfNull(identifier);
        return $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A text expression that compares byte by byte, as S3 orders its keys.</summary>
    public virtual string BinaryOrder(string expression) => expression;

    /// <summary>A statement that lets one process at a time create tables, where <c>if not exists</c> alone fails when two do; empty where it is not needed.</summary>
    public virtual string LockForSchema => "";

    /// <summary>A text in quotes, with quotes inside doubled.</summary>
    public static string Literal(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>Schema and name, quoted.</summary>
    public string Quote(TableName table) => $"{Quote(table.Schema)}.{Quote(table.Name)}";
}
