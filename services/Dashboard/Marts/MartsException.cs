namespace FhirAspire.Dashboard.Marts;

/// <summary>A query over the marts that was refused or failed; the message may be shown.</summary>
/// <param name="code">A stable code: <c>DB1001</c> no marts, <c>DB1002</c> refused, <c>DB1003</c> failed, <c>DB1004</c> too slow, <c>DB1005</c> too many at a time, <c>DB1006</c> cancelled, <c>DB1007</c> marts of an earlier version.</param>
/// <param name="message">What was found, and how to mend it.</param>
/// <param name="position">Where in the text, counted from 0; null where it is not known.</param>
public sealed class MartsException(string code, string message, int? position = null) : Exception(message)
{
    /// <summary>A stable code.</summary>
    public string Code { get; } = code;

    /// <summary>Where in the text, counted from 0.</summary>
    public int? Position { get; } = position;
}
