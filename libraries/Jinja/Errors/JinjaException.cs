using System.Globalization;
using System.Text;

namespace FhirAspire.Jinja;

/// <summary>
/// The one exception of this library: a template that cannot be read or rendered. It says where
/// (<see cref="TemplateName"/>, <see cref="Line"/>, <see cref="Column"/>, <see cref="SourceLine"/>), what
/// (<see cref="Reason"/>, worded as Python and Jinja2 word it, so that it can be searched for) and by which calls (<see cref="Trace"/>).
/// </summary>
public class JinjaException : Exception
{
    private List<JinjaStackFrame>? _trace;

    /// <summary>Makes an error without a place; the renderer adds the place as the error leaves a template.</summary>
    /// <param name="kind">The class of the error.</param>
    /// <param name="pythonType">The name of the class that Python or Jinja2 raises, such as <c>TypeError</c>.</param>
    /// <param name="reason">What went wrong, without the place.</param>
    /// <param name="inner">The exception of a host function, if there was one.</param>
    public JinjaException(JinjaErrorKind kind, string pythonType, string reason, Exception? inner = null)
        : base(reason, inner)
    {
        Kind = kind;
        PythonType = pythonType;
        Reason = reason;
        Code = JinjaErrorCodes.For(kind, pythonType);
    }

    /// <summary>A stable code such as <c>JIN201</c>; the table stands in <see cref="JinjaErrorCodes"/>.</summary>
    public string Code { get; }

    /// <summary>The class of the error.</summary>
    public JinjaErrorKind Kind { get; }

    /// <summary>The name of the exception class of Python or Jinja2 that stands for this error.</summary>
    public string PythonType { get; }

    /// <summary>What went wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>The template that failed (the included, imported or called one, not the one it was called from), if it has a name.</summary>
    public string? TemplateName { get; private set; }

    /// <summary>The line in that template, from 1; 0 while the place is unknown.</summary>
    public int Line { get; private set; }

    /// <summary>The column in that line, from 1; 0 when unknown.</summary>
    public int Column { get; private set; }

    /// <summary>The text of that line, if known.</summary>
    public string? SourceLine { get; private set; }

    /// <summary>The calls that led to the failure, innermost first.</summary>
    public IReadOnlyList<JinjaStackFrame> Trace => _trace ?? (IReadOnlyList<JinjaStackFrame>)[];

    /// <summary>Place and reason in one line, such as <c>models/a.sql:3:7: 'x' is undefined (JIN300)</c>.</summary>
    public override string Message => Line == 0 && TemplateName is null
        ? $"{Reason} ({Code})"
        : string.Create(CultureInfo.InvariantCulture, $"{TemplateName ?? "<template>"}:{Line}:{Math.Max(Column, 1)}: {Reason} ({Code})");

    /// <summary>The message, the source line with a mark under the column, and the calls.</summary>
    public string Describe()
    {
        var text = new StringBuilder(Message);
        if (SourceLine is not null)
        {
            text.Append("\n    ").Append(SourceLine.Replace('\t', ' '));
            if (Column > 0)
            {
                text.Append("\n    ").Append(' ', Column - 1).Append('^');
            }
        }

        foreach (var frame in Trace)
        {
            text.Append("\n  ").Append(frame);
        }

        return text.ToString();
    }

    /// <summary>Gives the error its place unless it has one: the innermost place counts.</summary>
    internal JinjaException At(string? templateName, int line, int column, string? source)
    {
        if (Line == 0 && line > 0)
        {
            TemplateName = templateName;
            Line = line;
            Column = column;
            SourceLine = source is null ? null : LineOf(source, line);
        }

        return this;
    }

    internal void Name(string? templateName) => TemplateName ??= templateName;

    internal void AddCall(string macro, string? templateName, int line)
    {
        // An endless recursion would otherwise carry a frame a level.
        if ((_trace ??= []).Count < 50)
        {
            _trace.Add(new JinjaStackFrame(macro, templateName, line));
        }
    }

    private static string? LineOf(string source, int line)
    {
        var start = 0;
        for (var current = 1; current < line; current++)
        {
            var end = source.IndexOf('\n', start);
            if (end < 0)
            {
                return null;
            }

            start = end + 1;
        }

        var stop = source.IndexOf('\n', start);
        var text = stop < 0 ? source[start..] : source[start..stop];
        return text.Length > 300 ? text[..300] : text;
    }
}
