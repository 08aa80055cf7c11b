namespace FhirAspire.Warehouse.Postgres;

internal sealed class PostgresDialect : SqlDialect
{
    public static readonly PostgresDialect Instance = new();

    public override string JsonType => "jsonb";

    /// <summary>A quarter of a gigabyte: no array or object of a jsonb may be larger (src/include/utils/jsonb.h, JENTRY_OFFLENMASK).</summary>
    public override long MaxDocumentBytes => (1L << 28) - 1;

    public override string TextType => "text";

    // The database's own collation orders by language; with this one the primary key serves ranges of keys.
    public override string KeyType => "text collate \"C\"";

    // Any number that nobody else's locks have; statements that are sent together are one transaction, with which the lock ends.
    public override string LockForSchema => "select pg_advisory_xact_lock(7215834);";

    public override string Parameter(int number) => $"${number}";

    public override string BinaryOrder(string expression) => $"({expression} collate \"C\")";
}
