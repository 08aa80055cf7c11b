using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using FhirAspire.Jinja.Runtime;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FhirAspire.Jinja.Modules;

/// <summary>YAML 1.1 as PyYAML's safe loader and dumper have it: <c>yes</c> is true, <c>010</c> is 8, dates are dates.</summary>
public static partial class Yaml
{
    /// <summary>Reads one document.</summary>
    /// <exception cref="JinjaException">The text is no YAML (<c>YAMLError</c>), or the value is no text.</exception>
    public static object? Load(object? source)
    {
        if (!Ops.TryText(source, out var text))
        {
            throw source is JinjaUndefined undefined ? undefined.Error() : Fault.Attribute($"'{Types.Short(source)}' object has no attribute 'read'");
        }

        try
        {
            var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
            parser.Consume<StreamStart>();
            if (parser.Accept<StreamEnd>(out _))
            {
                return null;
            }

            parser.Consume<DocumentStart>();
            var value = Node(parser, new Dictionary<string, object?>(StringComparer.Ordinal), 0);
            parser.Consume<DocumentEnd>();
            return parser.Accept<StreamEnd>(out _) ? value : throw Bad("expected a single document in the stream");
        }
        catch (YamlException error)
        {
            throw Bad(error.Message);
        }
    }

    /// <summary>Writes a value in block style.</summary>
    /// <exception cref="JinjaException">The value cannot be represented (<c>YAMLError</c>).</exception>
    public static string Dump(object? value, bool sortKeys)
    {
        var output = new StringBuilder();
        if (value is JinjaDict { Count: > 0 } or JinjaList { Count: > 0 } or JinjaTuple { Count: > 0 })
        {
            Block(output, value, 0, sortKeys, inline: true);
        }
        else
        {
            output.Append(Scalar(value)).Append('\n');
            if (value is not (JinjaDict or JinjaList or JinjaTuple) && !(value is string text && output[0] is '\'' or '"'))
            {
                output.Append("...\n");
            }
        }

        return output.ToString();
    }

    /// <summary>The value of a plain scalar.</summary>
    public static object? Resolve(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON":
                return Boxed.True;
            case "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF":
                return Boxed.False;
        }

        if (IntegerPattern().IsMatch(text))
        {
            return Integer(text.Replace("_", string.Empty, StringComparison.Ordinal));
        }

        if (FloatPattern().IsMatch(text))
        {
            return Float(text.Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant());
        }

        return TimePattern().Match(text) is { Success: true } time ? Time(time) : text;
    }

    private static object? Node(IParser parser, Dictionary<string, object?> anchors, int depth)
    {
        if (depth > 200)
        {
            throw Bad("the document is nested too deeply");
        }

        if (parser.TryConsume<AnchorAlias>(out var alias))
        {
            return anchors.TryGetValue(alias.Value.Value, out var known) ? known : throw Bad($"found undefined alias '{alias.Value.Value}'");
        }

        if (parser.TryConsume<Scalar>(out var scalar))
        {
            object? value = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty ? Resolve(scalar.Value)
                : scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific ? scalar.Value : Tagged(scalar);
            Anchor(scalar.Anchor, value);
            return value;
        }

        if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            var list = new JinjaList();
            Anchor(sequence.Anchor, list);
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                list.Add(Node(parser, anchors, depth + 1));
            }

            return list;
        }

        var mapping = parser.Consume<MappingStart>();
        var dict = new JinjaDict();
        Anchor(mapping.Anchor, dict);
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var merge = parser.Accept<Scalar>(out var key) && key.Value == "<<" && key.Style == ScalarStyle.Plain;
            var name = Node(parser, anchors, depth + 1);
            var value = Node(parser, anchors, depth + 1);
            if (!merge)
            {
                dict.Set(name is JinjaList list ? new JinjaTuple([.. list]) : name, value);
                continue;
            }

            foreach (var source in value is JinjaList sources ? sources.Items : [value])
            {
                foreach (var (inherited, item) in (source as JinjaDict ?? throw Bad("expected a mapping for merging")).Entries)
                {
                    if (!dict.TryGet(inherited, out _))
                    {
                        dict.Set(inherited, item);
                    }
                }
            }
        }

        return dict;

        void Anchor(AnchorName name, object? value)
        {
            if (!name.IsEmpty)
            {
                anchors[name.Value] = value;
            }
        }
    }

    private static object? Tagged(Scalar scalar) => scalar.Tag.Value switch
    {
        "tag:yaml.org,2002:str" => scalar.Value,
        "tag:yaml.org,2002:int" => Integer(scalar.Value),
        "tag:yaml.org,2002:float" => Float(scalar.Value),
        "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:null" => Resolve(scalar.Value),
        var tag => throw Bad($"could not determine a constructor for the tag '{tag}'"),
    };

    private static object Integer(string text)
    {
        var negative = text[0] == '-';
        var body = text[0] is '-' or '+' ? text[1..] : text;
        object value;
        if (body.Contains(':'))
        {
            value = body.Split(':').Aggregate(System.Numerics.BigInteger.Zero, (sum, part) => (sum * 60) + System.Numerics.BigInteger.Parse(part, CultureInfo.InvariantCulture)) is var total ? Boxed.Of(total) : Boxed.Zero;
        }
        else if (body.Length > 1 && body[0] == '0' && char.IsAsciiDigit(body[1]))
        {
            value = Numbers.ParseInt(body, 8) ?? throw Bad($"invalid literal for int() with base 8: '{body}'");
        }
        else
        {
            value = Numbers.ParseInt(body, 0) ?? throw Bad($"invalid integer '{body}'");
        }

        return negative ? Ops.Negate(value)! : value;
    }

    private static object Float(string text)
    {
        var body = text.TrimStart('+', '-').ToLowerInvariant();
        double value;
        if (body == ".inf")
        {
            value = double.PositiveInfinity;
        }
        else if (body == ".nan")
        {
            return double.NaN;
        }
        else if (body.Contains(':'))
        {
            value = body.Split(':').Aggregate(0.0, (sum, part) => (sum * 60) + double.Parse(part, CultureInfo.InvariantCulture));
        }
        else
        {
            value = double.Parse(body, NumberStyles.Float, CultureInfo.InvariantCulture);
        }

        return text[0] == '-' ? -value : value;
    }

    private static JinjaDate Time(Match match)
    {
        int Part(string name) => int.Parse(match.Groups[name].ValueSpan, CultureInfo.InvariantCulture);
        if (!match.Groups["hour"].Success)
        {
            return new JinjaDate(Part("year"), Part("month"), Part("day"));
        }

        var fraction = match.Groups["fraction"].Success ? int.Parse(match.Groups["fraction"].Value.PadRight(6, '0')[..6], CultureInfo.InvariantCulture) : 0;
        JinjaTimeZone? zone = match.Groups["z"].Success ? JinjaTimeZone.Utc : null;
        if (match.Groups["sign"].Success)
        {
            var span = new TimeSpan(Part("tzhour"), match.Groups["tzminute"].Success ? Part("tzminute") : 0, 0);
            zone = new JinjaTimeZone(match.Groups["sign"].Value == "-" ? -span : span);
        }

        return new JinjaDateTime(Part("year"), Part("month"), Part("day"), Part("hour"), Part("minute"), Part("second"), fraction, zone);
    }

    private static void Block(StringBuilder output, object? value, int indent, bool sortKeys, bool inline)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var first = inline;
        if (value is JinjaDict dict)
        {
            var entries = dict.Entries.ToList();
            if (sortKeys)
            {
                var keys = entries.ConvertAll(entry => entry.Key);
                var boxed = entries.ConvertAll(entry => (object?)new JinjaTuple(entry.Key, entry.Value));
                Ops.Sort(boxed, keys, reverse: false);
                entries = boxed.ConvertAll(item => new KeyValuePair<object?, object?>(((JinjaTuple)item!)[0], ((JinjaTuple)item)[1]));
            }

            foreach (var (key, item) in entries)
            {
                Indent();
                output.Append(Scalar(key)).Append(':');
                if (IsBlock(item))
                {
                    output.Append('\n');
                    // PyYAML does not indent a list below a key.
                    Block(output, item, item is JinjaDict ? indent + 2 : indent, sortKeys, inline: false);
                }
                else
                {
                    output.Append(' ').Append(Scalar(item)).Append('\n');
                }
            }

            return;
        }

        foreach (var item in Ops.Iterate(value))
        {
            Indent();
            output.Append("- ");
            if (IsBlock(item))
            {
                Block(output, item, indent + 2, sortKeys, inline: true);
            }
            else
            {
                output.Append(Scalar(item)).Append('\n');
            }
        }

        void Indent()
        {
            if (!first)
            {
                output.Append(' ', indent);
            }

            first = false;
        }
    }

    private static bool IsBlock(object? value) => value is JinjaDict { Count: > 0 } or JinjaList { Count: > 0 };

    private static string Scalar(object? value) => value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        double number => double.IsNaN(number) ? ".nan" : double.IsInfinity(number) ? (number > 0 ? ".inf" : "-.inf") : Numbers.Repr(number) is var text && !text.Contains('.') && text.Contains('e') ? text.Replace("e", ".0e", StringComparison.Ordinal) : Numbers.Repr(number),
        long or System.Numerics.BigInteger or JinjaDate => Repr.Str(value),
        JinjaDict => "{}",
        JinjaList => "[]",
        _ when Ops.TryText(value, out var source) => Quoted(source),
        _ => throw Bad($"cannot represent an object: {Repr.Of(value)}"),
    };

    private static string Quoted(string text)
    {
        var special = text.Any(c => c is < ' ' or '\x7f' && c != '\n') || text.Any(c => c > '~' && !Repr.IsPrintable(char.GetUnicodeCategory(c)));
        if (special || text.Contains('\n'))
        {
            return special ? DoubleQuoted(text) : "'" + text.Replace("'", "''", StringComparison.Ordinal).Replace("\n", "\n\n  ", StringComparison.Ordinal) + "'";
        }

        var plain = text.Length > 0 && !text.StartsWith(' ') && !text.EndsWith(' ') && Resolve(text) is string && text is not ("=" or "<<")
            && !"-?:".Contains(text[0]) | (text.Length > 1 && text[0] is '-' or '?' or ':' && text[1] != ' ')
            && !",[]{}#&*!|>'\"%@`".Contains(text[0]) && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal) && !text.EndsWith(':')
            && !text.StartsWith("---", StringComparison.Ordinal) && !text.StartsWith("...", StringComparison.Ordinal) && text.All(c => c < 127);
        if (plain)
        {
            return text;
        }

        return text.All(c => c < 127) ? "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'" : DoubleQuoted(text);
    }

    private static string DoubleQuoted(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '"' => result.Append("\\\""),
                '\\' => result.Append("\\\\"),
                '\n' => result.Append("\\n"),
                '\t' => result.Append("\\t"),
                '\r' => result.Append("\\r"),
                '\0' => result.Append("\\0"),
                0xa0 => result.Append("\\_"),
                >= 32 and < 127 => result.Append((char)rune.Value),
                < 256 => result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:X2}"),
                < 65536 => result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
                _ => result.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
            };
        }

        return result.Append('"').ToString();
    }

    private static JinjaException Bad(string reason) => new(JinjaErrorKind.Runtime, "YAMLError", reason);

    [GeneratedRegex(@"^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$", RegexOptions.None, 1000)]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"^(?:[-+]?(?:[0-9][0-9_]*)\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$", RegexOptions.None, 1000)]
    private static partial Regex FloatPattern();

    [GeneratedRegex(@"^(?<year>\d{4})-(?<month>\d\d?)-(?<day>\d\d?)(?:(?:[Tt]|[ \t]+)(?<hour>\d\d?):(?<minute>\d\d):(?<second>\d\d)(?:\.(?<fraction>\d*))?(?:[ \t]*(?:(?<z>Z)|(?<sign>[-+])(?<tzhour>\d\d?)(?::(?<tzminute>\d\d))?))?)?$", RegexOptions.None, 1000)]
    private static partial Regex TimePattern();
}
