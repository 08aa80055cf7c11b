using SQLitePCL;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>One connection to the index file. Not for two threads at a time.</summary>
internal sealed class Database : IDisposable
{
    private readonly sqlite3 handle;
    private readonly string path;
    private readonly List<Statement> statements = [];

    static Database() => Batteries_V2.Init();

    public Database(string path, bool readOnly)
    {
        this.path = path;
        var flags = (readOnly ? raw.SQLITE_OPEN_READONLY : raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE) | raw.SQLITE_OPEN_NOMUTEX;
        var result = raw.sqlite3_open_v2(path, out handle, flags, null);
        if (result != raw.SQLITE_OK)
        {
            throw new StorageException(path, result, raw.sqlite3_errstr(result).utf8_to_string());
        }

        raw.sqlite3_extended_result_codes(handle, 1);
        raw.sqlite3_busy_timeout(handle, 10_000);
    }

    public void Execute(string sql)
    {
        foreach (var part in sql.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            using var statement = new Statement(this, handle, part);
            while (statement.Step())
            {
                // A pragma answers with a row that nobody wants.
            }
        }
    }

    /// <summary>A statement to be used again and again, disposed with the connection.</summary>
    public Statement Prepare(string sql)
    {
        var statement = new Statement(this, handle, sql);
        statements.Add(statement);
        return statement;
    }

    public long Scalar(string sql)
    {
        using var statement = new Statement(this, handle, sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    internal StorageException Error(int result) => new(path, result, raw.sqlite3_errmsg(handle).utf8_to_string());

    public void Dispose()
    {
        foreach (var statement in statements)
        {
            statement.Dispose();
        }

        handle.Dispose();
    }
}
