using System.Text;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's bytes.</summary>
internal sealed class JinjaBytes(byte[] data) : JinjaObject
{
    public byte[] Data { get; } = data;

    public override string TypeName => "bytes";

    public override int? Length => Data.Length;

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        if (!Ops.TryIndex(key, out var index))
        {
            return false;
        }

        index = index < 0 ? index + Data.Length : index;
        if (index < 0 || index >= Data.Length)
        {
            return false;
        }

        value = Boxed.Of(Data[index]);
        return true;
    }

    public override IEnumerable<object?> Iterate() => Data.Select(b => Boxed.Of((long)b));

    public override bool ValueEquals(object? other) => other is JinjaBytes bytes && bytes.Data.AsSpan().SequenceEqual(Data);

    public override int ValueHash()
    {
        var hash = default(HashCode);
        hash.AddBytes(Data);
        return hash.ToHashCode();
    }

    public override int? CompareTo(object? other) => other is JinjaBytes bytes ? Data.AsSpan().SequenceCompareTo(bytes.Data) : null;

    public override string Repr()
    {
        var quote = Data.Contains((byte)'\'') && !Data.Contains((byte)'"') ? '"' : '\'';
        var text = new StringBuilder().Append('b').Append(quote);
        foreach (var b in Data)
        {
            _ = b switch
            {
                (byte)'\\' => text.Append("\\\\"),
                (byte)'\n' => text.Append("\\n"),
                (byte)'\r' => text.Append("\\r"),
                (byte)'\t' => text.Append("\\t"),
                _ when b == quote => text.Append('\\').Append(quote),
                >= 32 and < 127 => text.Append((char)b),
                _ => text.Append("\\x").Append(b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)),
            };
        }

        return text.Append(quote).ToString();
    }
}
