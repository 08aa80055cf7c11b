namespace FhirAspire.Dbt.Adapters;

/// <summary>What column types are called in a database.</summary>
internal abstract class ColumnDialect
{
    public abstract string ClassName { get; }

    /// <summary>The length of text that nothing was said about.</summary>
    public virtual long DefaultStringSize => 256;

    public virtual string TranslateType(string type) => type.Equals("string", StringComparison.OrdinalIgnoreCase) ? "TEXT" : type;

    public virtual bool IsString(string type) => type.ToLowerInvariant() is "text" or "character varying" or "character" or "varchar";

    public virtual bool IsFloat(string type) => type.ToLowerInvariant() is "real" or "float4" or "float" or "double precision" or "float8" or "double";

    public virtual bool IsInteger(string type) => type.ToLowerInvariant() is "smallint" or "integer" or "bigint" or "smallserial" or "serial" or "bigserial" or "int2" or "int4" or "int8" or "serial2" or "serial4" or "serial8";

    public virtual bool IsNumeric(string type) => type.ToLowerInvariant() is "numeric" or "decimal";

    /// <summary>Whether a text's type is said without a length.</summary>
    public virtual bool IsUnsized(string type, long? size) => false;

    public virtual string StringType(long size) => $"character varying({size})";

    public virtual string QuoteColumn(string name) => $"\"{name}\"";
}

internal sealed class DuckDbColumns : ColumnDialect
{
    public static readonly DuckDbColumns Instance = new();

    public override string ClassName => "DuckDBColumn";

    public override bool IsFloat(string type) => type.ToLowerInvariant() is "real" or "float" or "float4" or "float8" or "double";

    public override bool IsInteger(string type) => type.ToLowerInvariant() is "tinyint" or "smallint" or "integer" or "bigint" or "hugeint" or "utinyint" or "usmallint" or "uinteger" or "ubigint" or "int1" or "int2" or "int4" or "int8" or "short" or "signed" or "int" or "long";
}

internal sealed class PostgresColumns : ColumnDialect
{
    public static readonly PostgresColumns Instance = new();

    public override string ClassName => "PostgresColumn";

    // With a length a column added for a text would hold no more than the default's 256 characters.
    public override bool IsUnsized(string type, long? size) => type.ToLowerInvariant() is "text" || (type.ToLowerInvariant() is "character varying" && size is null);
}

internal sealed class SnowflakeColumns : ColumnDialect
{
    public static readonly SnowflakeColumns Instance = new();

    public override string ClassName => "SnowflakeColumn";

    public override long DefaultStringSize => 16777216;

    public override bool IsInteger(string type) => false;

    public override bool IsNumeric(string type) => type.ToLowerInvariant() is "int" or "integer" or "bigint" or "smallint" or "tinyint" or "byteint" or "numeric" or "decimal" or "number";

    public override bool IsFloat(string type) => type.ToLowerInvariant() is "float" or "float4" or "float8" or "double" or "double precision" or "real";
}
