using System.Data.Common;
using System.Reflection;

namespace FhirAspire.Warehouse.Snowflake;

/// <summary>Tells errors of Snowflake that may pass from those that stay (https://docs.snowflake.com/en/developer-guide/snowflake-scripting, and the driver's SFError).</summary>
internal static class SnowflakeErrors
{
    // The session or its token is gone: 390111-390114, 390195, 390400.
    private static readonly HashSet<int> LostSession = [390111, 390112, 390113, 390114, 390195, 390400, 270058];

    // The driver could not reach the account, or gave up waiting: 270001, 270007 and 270040 of SFError.
    private static readonly HashSet<int> Unreachable = [270001, 270007, 270040];

    // Locks of other statements, a statement that the account ended, a warehouse that is being resumed: 000625, 000604, 000630, 000606, 000608.
    private static readonly HashSet<int> Passing = [625, 604, 630, 606, 608];

    public static WarehouseException Translate(DbException exception, string location)
    {
        var code = Code(exception);
        if (LostSession.Contains(code) || Unreachable.Contains(code) || IsNetwork(exception))
        {
            return new WarehouseException("WH1001", $"{location}: {exception.Message}", isTransient: true, "the account could not be reached, or ended the session", exception);
        }

        if (Passing.Contains(code))
        {
            return new WarehouseException("WH2002", exception.Message, isTransient: true, null, exception);
        }

        return code switch
        {
            390100 or 390144 or 390186 or 390201 => new WarehouseException("WH1001", $"{location}: {exception.Message}", isTransient: false, "check user, key, role and network policy", exception),
            90073 or 90064 => new WarehouseException("WH2003", exception.Message, isTransient: false, "the resource monitor has stopped the warehouse: raise its quota, or wait for its next month", exception),
            3001 or 2003 => new WarehouseException("WH2001", exception.Message, isTransient: false, "it is not there, or the role may not use it: see infra/snowflake/04-roles.sql", exception),
            _ => new WarehouseException("WH2001", exception.Message, exception.IsTransient, null, exception),
        };
    }

    // The driver's exception carries the code of the account in a property of its own.
    private static int Code(DbException exception) =>
        exception.GetType().GetProperty("ErrorCode", BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)?.GetValue(exception) is int code ? code : exception.ErrorCode;

    private static bool IsNetwork(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is HttpRequestException or IOException or System.Net.Sockets.SocketException or TimeoutException)
            {
                return true;
            }
        }

        return false;
    }
}
