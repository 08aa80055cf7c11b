using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace FhirAspire.Warehouse.DuckDb;

internal static class DuckDbErrors
{
    /// <summary>Whether the instance of the database is of no more use, though its file is.</summary>
    public static bool IsFatal(DuckDBException exception) =>
        exception.ErrorType == DuckDBErrorType.Fatal || exception.Message.Contains("database has been invalidated", StringComparison.Ordinal);

    public static bool IsUnreadableLog(DuckDBException exception) => exception.Message.Contains("Failure while replaying WAL file", StringComparison.Ordinal);

    public static WarehouseException Translate(DuckDBException exception, string path, string? sql = null)
    {
        var message = exception.Message;
        if (message.Contains("Could not set lock on file", StringComparison.Ordinal))
        {
            return new WarehouseException("WH1002", $"{path} is in use by another process: {message}", isTransient: true,
                "DuckDB lets one process at a time write a file; stop the other one", exception);
        }

        if (IsFatal(exception))
        {
            return new WarehouseException("WH2004", message, isTransient: true, "DuckDB has given up this instance, as it does when a write of its log fails; the next session opens the file anew", exception);
        }

        // Met at a commit it comes as an error of the transaction.
        if (message.Contains("No space left on device", StringComparison.Ordinal))
        {
            return new WarehouseException("WH2003", message, isTransient: true, $"the disk of {path} is full; make room", exception);
        }

        return exception.ErrorType switch
        {
            DuckDBErrorType.Transaction => new WarehouseException("WH2002", message, isTransient: true, null, exception),
            DuckDBErrorType.OutOfMemory => new WarehouseException("WH2003", message, isTransient: false, "raise Warehouse:DuckDb:MemoryLimit, or load smaller batches", exception),
            DuckDBErrorType.Io => new WarehouseException("WH2003", message, isTransient: true, null, exception),
            DuckDBErrorType.Connection => new WarehouseException("WH1001", message, isTransient: true, null, exception),
            _ => new WarehouseException(sql is null ? "WH1001" : "WH2001", message, isTransient: false, null, exception),
        };
    }
}
