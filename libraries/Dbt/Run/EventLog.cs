using FhirAspire.Dbt.Commands;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Run;

/// <summary>A warning by the name that dbt gives it, and its text.</summary>
public sealed record DbtWarning(string Name, string Message);

/// <summary>Takes what a run says: log lines, warnings, printed lines. With <c>--warn-error</c> a warning is an error.</summary>
internal sealed class EventLog(DbtOptions options, IDbtObserver observer, Secrets secrets)
{
    private readonly Lock gate = new();
    private readonly List<DbtWarning> warnings = [];

    /// <summary>What must not be shown.</summary>
    public Secrets Secrets => secrets;

    public IReadOnlyList<DbtWarning> Warnings
    {
        get
        {
            lock (gate)
            {
                return [.. warnings];
            }
        }
    }

    private static readonly string[] OfParsing = ["NoNodeForYamlKey", "NodeNotFoundOrDisabled", "MacroNotFoundForPatch", "WrongResourceSchemaFile"];

    /// <summary>Takes every warning while the project is parsed, for the stored manifest.</summary>
    public List<Parse.Cache.ParseWarning>? Recording { get; set; }

    public void Info(string message) => Write(DbtLogLevel.Info, message);

    /// <summary>A line on a file; it is said again when the file is not parsed again.</summary>
    public void Note(string message, string file)
    {
        Recording?.Add(new Parse.Cache.ParseWarning(string.Empty, message, file, null));
        Info(message);
    }

    /// <summary>Gives a warning or a note of an earlier parse again. Those that dbt gives in parsing alone are no errors now, whatever the options say.</summary>
    public void Repeat(Parse.Cache.ParseWarning warning)
    {
        if (warning.Name.Length == 0)
        {
            Info(warning.Message);
        }
        else
        {
            Warn(warning.Name, warning.Message, warning.File, warning.Line, isRepeated: OfParsing.Contains(warning.Name, StringComparer.Ordinal));
        }
    }

    public void Debug(string message) => Write(DbtLogLevel.Debug, message);

    public void Error(string message) => Write(DbtLogLevel.Error, message);

    /// <summary>A line that a macro logs for people.</summary>
    public void UserLine(string message) => Write(DbtLogLevel.User, message);

    /// <summary>A line that <c>print()</c> writes; <c>--quiet</c> keeps it, <c>--no-print</c> does not.</summary>
    public void Print(string message)
    {
        if (options.Print)
        {
            Write(DbtLogLevel.Print, message);
        }
    }

    /// <exception cref="DbtException">Warnings are errors.</exception>
    public void Warn(string name, string message, string? file = null, int? line = null) => Warn(name, message, file, line, isRepeated: false);

    /// <summary>A warning that no option makes an error or silent.</summary>
    public void Caution(string name, string message)
    {
        lock (gate)
        {
            warnings.Add(new DbtWarning(name, secrets.Hide(message)));
        }

        Write(DbtLogLevel.Warn, $"[WARNING][{name}]: {message}");
    }

    private void Warn(string name, string message, string? file, int? line, bool isRepeated)
    {
        Recording?.Add(new Parse.Cache.ParseWarning(name, message, file, line));
        var (isError, isSilent) = Treatment(name);
        if (isSilent)
        {
            return;
        }

        if (isError && !isRepeated)
        {
            throw new DbtException("DBT2103", DbtErrorKind.Compilation, message) { File = file, Line = line, Hint = "the warning is an error because of --warn-error or --warn-error-options" };
        }

        Caution(name, message);
    }

    /// <summary>Whether a warning of a name is an error.</summary>
    public bool IsError(string name) => Treatment(name).IsError;

    // What names the warning counts before what names all deprecations, and that before "all"; of equals silence counts before warn, and warn before error.
    private (bool IsError, bool IsSilent) Treatment(string name)
    {
        if (options.WarnError)
        {
            return (true, false);
        }

        if (options.WarnErrorOptions is not { } rules)
        {
            return (false, false);
        }

        var errors = Val.StringList(rules.Get("error") ?? rules.Get("include"));
        var warn = Val.StringList(rules.Get("warn") ?? rules.Get("exclude"));
        var silence = Val.StringList(rules.Get("silence"));
        string[] groups = name.EndsWith("Deprecation", StringComparison.Ordinal) ? [name, "Deprecations"] : [name];
        foreach (var group in groups)
        {
            if (silence.Contains(group, StringComparer.Ordinal))
            {
                return (false, true);
            }

            if (warn.Contains(group, StringComparer.Ordinal))
            {
                return (false, false);
            }

            if (errors.Contains(group, StringComparer.Ordinal))
            {
                return (true, false);
            }
        }

        return (errors.Contains("all", StringComparer.Ordinal) || errors.Contains("*", StringComparer.Ordinal), false);
    }

    private void Write(DbtLogLevel level, string message) => observer.OnLog(level, secrets.Hide(message));
}
