using Microsoft.Extensions.Logging;

namespace FhirAspire.Warehouse.DuckDb;

internal static partial class WarehouseLog
{
    [LoggerMessage(9101, LogLevel.Error, "DuckDB can't read its log {Log}; it is now {Aside}, and the warehouse as its last checkpoint left it. What was loaded since comes again from S3 with the next load")]
    public static partial void SetAside(ILogger logger, Exception exception, string log, string aside);
}
