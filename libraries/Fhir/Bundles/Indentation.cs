using System.Buffers;

namespace FhirAspire.Fhir.Bundles;

/// <summary>Lines and two spaces of indent for compact JSON.</summary>
internal static class Indentation
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("{}[],:\""u8);

    /// <summary>Copies compact, valid JSON.</summary>
    public static void Write(ReadOnlySpan<byte> compact, Utf8Buffer to)
    {
        var depth = 0;
        var i = 0;
        while (i < compact.Length)
        {
            var next = compact[i..].IndexOfAny(Structure);
            if (next < 0)
            {
                to.Raw(compact[i..]);
                return;
            }

            to.Raw(compact.Slice(i, next));
            i += next;
            switch (compact[i])
            {
                case (byte)'"':
                    var end = EndOfText(compact, i);
                    to.Raw(compact[i..end]);
                    i = end;
                    continue;
                case (byte)'{' or (byte)'[':
                    to.Raw(compact.Slice(i, 1));
                    NewLine(to, ++depth);
                    break;
                case (byte)'}' or (byte)']':
                    NewLine(to, --depth);
                    to.Raw(compact.Slice(i, 1));
                    break;
                case (byte)',':
                    to.Raw(","u8);
                    NewLine(to, depth);
                    break;
                default:
                    to.Raw(": "u8);
                    break;
            }

            i++;
        }
    }

    private static int EndOfText(ReadOnlySpan<byte> json, int start)
    {
        var i = start + 1;
        while (true)
        {
            i += json[i..].IndexOfAny((byte)'"', (byte)'\\');
            if (json[i] == (byte)'"')
            {
                return i + 1;
            }

            i += 2;
        }
    }

    private static void NewLine(Utf8Buffer to, int depth)
    {
        to.Raw("\n"u8);
        for (var i = 0; i < depth; i++)
        {
            to.Raw("  "u8);
        }
    }
}
