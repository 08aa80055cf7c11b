namespace FhirAspire.AppHost;

/// <summary>Ends a command with a sentence for the person who typed it, and how to mend it.</summary>
internal sealed class CommandException(string message, string? hint = null, int exitCode = 1) : Exception(message)
{
    public string? Hint { get; } = hint;

    public int ExitCode { get; } = exitCode;
}
