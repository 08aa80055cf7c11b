using System.Text;

namespace FhirAspire.Dbt;

/// <summary>
/// The one exception of this library: a stable code, dbt's kind of error, where it happened, what was found, what was
/// expected and how to mend it.
/// </summary>
public sealed class DbtException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">A code of <c>docs/dbt-errors.md</c>, such as <c>DBT2001</c>.</param>
    /// <param name="kind">What dbt calls this kind of error.</param>
    /// <param name="message">What happened, in a sentence; may have several lines.</param>
    /// <param name="inner">What caused it.</param>
    public DbtException(string code, DbtErrorKind kind, string message, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Kind = kind;
    }

    /// <summary>The code, such as <c>DBT2001</c>; <c>docs/dbt-errors.md</c> lists all of them.</summary>
    public string Code { get; }

    /// <summary>What dbt calls this kind of error.</summary>
    public DbtErrorKind Kind { get; }

    /// <summary>The file, relative to the project's folder.</summary>
    public string? File { get; init; }

    /// <summary>The line in <see cref="File"/>, counted from 1.</summary>
    public int? Line { get; init; }

    /// <summary>The column in <see cref="Line"/>, counted from 1.</summary>
    public int? Column { get; init; }

    /// <summary>What was found.</summary>
    public string? Found { get; init; }

    /// <summary>What was expected.</summary>
    public string? Expected { get; init; }

    /// <summary>How to mend it.</summary>
    public string? Hint { get; init; }

    /// <summary>What the error happened in, as dbt writes it: <c>model orders (models/orders.sql)</c>.</summary>
    public string? Subject { get; init; }

    /// <summary>The macros that were running, innermost first, as dbt writes them.</summary>
    public IReadOnlyList<string> MacroStack { get; init; } = [];

    /// <summary>Exit code of a command that ends with this error: 2, or 1 where dbt gives 1.</summary>
    public int ExitCode { get; init; } = 2;

    /// <summary>Whether trying again may help, as the warehouse says.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The kind as dbt writes it, such as <c>Compilation Error</c>; empty for <see cref="DbtErrorKind.Plain"/>.</summary>
    public string KindName => Kind switch
    {
        DbtErrorKind.Compilation => "Compilation Error",
        DbtErrorKind.Parsing => "Parsing Error",
        DbtErrorKind.Runtime => "Runtime Error",
        DbtErrorKind.Database => "Database Error",
        DbtErrorKind.Dependency => "Dependency Error",
        DbtErrorKind.Internal => "Internal Error",
        DbtErrorKind.Usage => "Usage",
        _ => string.Empty,
    };

    /// <summary>The message as dbt prints it: kind, subject, indented lines.</summary>
    public string ToDbtText()
    {
        if (Kind is DbtErrorKind.Plain or DbtErrorKind.Usage)
        {
            return Message;
        }

        var text = new StringBuilder(KindName);
        if (Subject is not null)
        {
            text.Append(" in ").Append(Subject);
        }

        AppendIndented(text, Message);
        if (MacroStack.Count > 0)
        {
            text.Append("\n  ");
            foreach (var line in MacroStack)
            {
                AppendIndented(text, line);
            }
        }

        return text.ToString();
    }

    /// <summary>Everything that is known, for people: dbt's text, then code, place, found, expected and hint.</summary>
    public string ToConsoleText()
    {
        var text = new StringBuilder(ToDbtText());
        text.Append("\n  [").Append(Code).Append(']');
        if (Place is { } place)
        {
            text.Append(" at ").Append(place);
        }

        AppendLabelled(text, "found", Found);
        AppendLabelled(text, "expected", Expected);
        AppendLabelled(text, "hint", Hint);
        return text.ToString();
    }

    /// <summary><c>file:line:column</c>, as far as known.</summary>
    public string? Place => File is null ? null : Line is null ? File : Column is null ? $"{File}:{Line}" : $"{File}:{Line}:{Column}";

    /// <summary>The same error, with what is not known yet taken from the arguments.</summary>
    internal DbtException With(string? subject = null, string? file = null, IReadOnlyList<string>? stack = null, int? exitCode = null) => new(Code, Kind, Message, InnerException)
    {
        Subject = Subject ?? subject,
        File = File ?? file,
        Line = Line,
        Column = Column,
        Found = Found,
        Expected = Expected,
        Hint = Hint,
        MacroStack = MacroStack.Count > 0 ? MacroStack : stack ?? [],
        ExitCode = exitCode ?? ExitCode,
        IsTransient = IsTransient,
    };

    /// <summary>The same error with other texts; what caused it is left out, since its texts are its own.</summary>
    internal DbtException Rewritten(Func<string, string> rewrite)
    {
        string? Text(string? text) => text is null ? null : rewrite(text);
        return new DbtException(Code, Kind, rewrite(Message))
        {
            Subject = Text(Subject), File = Text(File), Line = Line, Column = Column, Found = Text(Found), Expected = Text(Expected), Hint = Text(Hint), MacroStack = [.. MacroStack.Select(rewrite)], ExitCode = ExitCode, IsTransient = IsTransient,
        };
    }

    private static void AppendIndented(StringBuilder text, string message)
    {
        foreach (var line in message.Split('\n'))
        {
            text.Append("\n  ").Append(line);
        }
    }

    private static void AppendLabelled(StringBuilder text, string label, string? value)
    {
        if (value is not null)
        {
            text.Append("\n  ").Append(label).Append(": ").Append(value.Replace("\n", "\n    ", StringComparison.Ordinal));
        }
    }
}
