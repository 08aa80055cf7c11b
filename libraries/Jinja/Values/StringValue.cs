namespace FhirAspire.Jinja;

/// <summary>A value that is a text in every respect and carries a mark besides: a subclass of str in Python.</summary>
internal abstract class StringValue(string text) : JinjaObject
{
    public string Text { get; } = text;

    public override string TypeName => "str";

    public override int? Length => Runtime.Text.Length(Text);

    public override string Str() => Text;

    public override bool ValueEquals(object? other) => Runtime.Ops.TryText(other, out var text) && string.Equals(text, Text, StringComparison.Ordinal);

    public override int ValueHash() => Text.GetHashCode(StringComparison.Ordinal);
}

/// <summary>Text that is marked as safe for HTML.</summary>
internal sealed class Markup(string text) : StringValue(text)
{
    public override string TypeName => "Markup";

    public override string Repr() => $"Markup({Runtime.Repr.Of(Text)})";

    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny("&<>'\"") < 0)
        {
            return text;
        }

        return text.Replace("&", "&amp;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace("'", "&#39;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal);
    }
}

/// <summary>Text that native rendering turns into a value, or keeps as text: dbt's <c>as_native</c>, <c>as_number</c>, <c>as_bool</c>, <c>as_text</c>.</summary>
internal sealed class NativeMarker(string text, NativeMark mark) : StringValue(text)
{
    public NativeMark Mark { get; } = mark;

    public override string Repr() => Runtime.Repr.Of(Text);
}

internal enum NativeMark
{
    Text,
    Native,
    Number,
    Bool,
}
