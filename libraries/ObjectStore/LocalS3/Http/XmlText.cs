using System.Buffers;
using System.Globalization;
using System.Text;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>Writes XML as UTF-8 straight into a buffer: a listing has some ten thousand elements, for which XmlWriter is slow.</summary>
internal sealed class XmlText
{
    public const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";
    private static readonly SearchValues<char> Special = SearchValues.Create(
        "&<>\"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\t\n\u000b\u000c\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f\u007f\ufffe\uffff");

    private readonly ArrayBufferWriter<byte> buffer = new(1024);

    public XmlText(string root, bool withNamespace = true)
    {
        buffer.Write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"u8);
        Raw("<");
        Raw(root);
        if (withNamespace)
        {
            Raw($" xmlns=\"{Namespace}\"");
        }

        Raw(">");
        Root = root;
    }

    private string Root { get; }

    public XmlText Open(string name)
    {
        buffer.Write("<"u8);
        Raw(name);
        buffer.Write(">"u8);
        return this;
    }

    public XmlText Close(string name)
    {
        buffer.Write("</"u8);
        Raw(name);
        buffer.Write(">"u8);
        return this;
    }

    /// <summary>An element with text; null leaves it out.</summary>
    public XmlText Element(string name, string? value)
    {
        if (value is null)
        {
            return this;
        }

        Open(name);
        Text(value);
        return Close(name);
    }

    public XmlText Element(string name, long value) => Element(name, value.ToString(CultureInfo.InvariantCulture));

    public XmlText Element(string name, bool value) => Element(name, value ? "true" : "false");

    /// <summary>Markup as it is.</summary>
    public XmlText Raw(ReadOnlySpan<char> markup)
    {
        var span = buffer.GetSpan(Encoding.UTF8.GetMaxByteCount(markup.Length));
        buffer.Advance(Encoding.UTF8.GetBytes(markup, span));
        return this;
    }

    public ReadOnlyMemory<byte> Finish()
    {
        Close(Root);
        return buffer.WrittenMemory;
    }

    private void Text(ReadOnlySpan<char> text)
    {
        while (true)
        {
            var special = text.IndexOfAny(Special);
            if (special < 0)
            {
                Raw(text);
                return;
            }

            Raw(text[..special]);
            Raw(text[special] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                // Not allowed in XML 1.0 below a blank, but what S3 sends: encoding-type=url is the way round it.
                var other => string.Create(CultureInfo.InvariantCulture, $"&#x{(int)other:x};"),
            });
            text = text[(special + 1)..];
        }
    }
}
