namespace FhirAspire.Warehouse.Snowflake;

internal sealed class SnowflakeDialect : SqlDialect
{
    public static readonly SnowflakeDialect Instance = new();

    public override string JsonType => "variant";

    /// <summary>A variant holds at most 16 MB (https://docs.snowflake.com/en/sql-reference/data-types-semistructured).</summary>
    public override long MaxDocumentBytes => 16 << 20;

    public override string TimestampType => "timestamp_tz";

    public override string Parameter(int number) => $":{number}";

    /// <summary>The name as it stands: the tables are made without quotes, and quoted names are of another case.</summary>
    public override string Quote(string identifier) =>
        identifier.Length > 0 && identifier.All(c => char.IsAsciiLetterOrDigit(c) || c is '_') && !char.IsAsciiDigit(identifier[0]) ? identifier : base.Quote(identifier);
}
