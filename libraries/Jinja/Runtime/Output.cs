using System.Globalization;
using System.Text;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Collects what is printed.</summary>
internal abstract class Output
{
    public static Output For(JinjaEnvironment environment) => environment.Options.Native ? new NativeOutput() : new TextOutput();

    public abstract void Text(string text);

    public abstract void Value(object? value);

    /// <summary>The whole: text, or with native rendering a value.</summary>
    public abstract object? Result(JinjaContext context);
}

internal sealed class TextOutput : Output
{
    private readonly StringBuilder _text = new();

    public override void Text(string text) => _text.Append(text);

    public override void Value(object? value)
    {
        switch (value)
        {
            case string text:
                _text.Append(text);
                break;
            case long number:
                _text.Append(CultureInfo.InvariantCulture, $"{number}");
                break;
            default:
                _text.Append(Repr.Str(value));
                break;
        }
    }

    public override object? Result(JinjaContext context)
    {
        var text = _text.ToString();
        return context.Autoescape ? new Markup(text) : text;
    }
}

internal sealed class NativeOutput : Output
{
    private readonly List<object?> _pieces = [];

    public override void Text(string text) => _pieces.Add(text);

    public override void Value(object? value) => _pieces.Add(value);

    public override object? Result(JinjaContext context)
    {
        if (_pieces.Count == 0)
        {
            // Jinja2 alone gives None here, dbt the empty text.
            return context.Environment.Options.DbtExtensions ? string.Empty : null;
        }

        if (!context.Environment.Options.DbtExtensions)
        {
            var raw = _pieces.Count == 1 ? _pieces[0] : string.Concat(_pieces.Select(Repr.Str));
            return Ops.TryText(raw, out var source) && PythonLiteral.TryParse(source, out var parsed) ? parsed : raw;
        }

        if (_pieces.Count > 1)
        {
            return string.Concat(_pieces.Select(Repr.Str));
        }

        if (_pieces[0] is not NativeMarker marker)
        {
            return _pieces[0];
        }

        if (marker.Mark == NativeMark.Text)
        {
            return marker.Text;
        }

        var result = PythonLiteral.TryParse(marker.Text, out var value) ? value : marker.Text;
        return marker.Mark switch
        {
            NativeMark.Bool when result is not bool => throw Convert(marker.Text, "bool"),
            NativeMark.Number when result is bool || !Ops.IsNumber(result) => throw Convert(marker.Text, "number"),
            _ => result,
        };
    }

    private static JinjaException Convert(string text, string type) =>
        new(JinjaErrorKind.Runtime, "JinjaRenderingError", $"Could not convert value '{text}' into type '{type}'");
}
