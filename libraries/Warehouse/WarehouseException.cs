namespace FhirAspire.Warehouse;

/// <summary>What went wrong in a warehouse, and whether trying again may help.</summary>
public sealed class WarehouseException : Exception
{
    /// <summary>Creates the exception.</summary>
    public WarehouseException(string code, string message, bool isTransient, string? hint = null, Exception? inner = null)
        : base(hint is null ? message : $"{message} ({hint})", inner)
    {
        Code = code;
        IsTransient = isTransient;
        Hint = hint;
        DatabaseMessage = message;
    }

    /// <summary>
    /// A stable code: <c>WH1001</c> cannot connect, <c>WH1002</c> locked by another process, <c>WH1003</c> no such warehouse or too old, <c>WH2001</c> statement failed,
    /// <c>WH2002</c> conflict, <c>WH2003</c> out of memory or disk, <c>WH2004</c> a bulk-loaded row refused for what it holds, <c>WH2005</c> a key that is there already,
    /// <c>WH3001</c> a later holder of the lease has written.
    /// </summary>
    public string Code { get; }

    /// <summary>Of <c>WH2004</c>: which row of the bulk load, counted from 0, where the database says so.</summary>
    public long? Row { get; init; }

    /// <summary>Whether the same call may succeed later: lost connections, conflicts, locks, full disks; never a wrong statement.</summary>
    public bool IsTransient { get; }

    /// <summary>How to mend it, where that is known.</summary>
    public string? Hint { get; }

    /// <summary>What the database said, without the hint.</summary>
    public string DatabaseMessage { get; }
}
