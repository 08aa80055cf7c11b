using System.Globalization;
using System.Text;
using FhirAspire.Jinja.Runtime;
using PyText = FhirAspire.Jinja.Runtime.Text;

namespace FhirAspire.Jinja.Builtins;

/// <summary>The filters of Jinja2, part one: texts and numbers. Names of functions in messages are those of Jinja2.</summary>
internal static partial class BuiltinFilters
{
    public static readonly Dictionary<string, FilterEntry> Table = Make();

    private static Dictionary<string, FilterEntry> Make()
    {
        var table = new Dictionary<string, FilterEntry>(StringComparer.Ordinal)
        {
            ["abs"] = FilterEntry.One("abs", Ops.Abs),
            ["attr"] = FilterEntry.Of("do_attr", "obj, name", (c, a) => Access.AttributeOnly(c.Environment, a[0], Repr.Str(a[1])), 1),
            ["capitalize"] = FilterEntry.Of("do_capitalize", "s", (_, a) => Soft(a[0], PyText.Capitalize)),
            ["center"] = FilterEntry.Of("do_center", "value, width=80", (_, a) => Soft(a[0], text => StringMethods.Pad(text, Width(a[1]), " ", 'c'))),
            ["count"] = FilterEntry.One("len", value => Boxed.Of((long)Ops.Length(value))),
            ["length"] = FilterEntry.One("len", value => Boxed.Of((long)Ops.Length(value))),
            ["default"] = FilterEntry.Of("do_default", "value, default_value='', boolean=False", (_, a) => Default(a)),
            ["d"] = FilterEntry.Of("do_default", "value, default_value='', boolean=False", (_, a) => Default(a)),
            ["e"] = FilterEntry.One("escape", Escape),
            ["escape"] = FilterEntry.One("escape", Escape),
            ["filesizeformat"] = FilterEntry.Of("do_filesizeformat", "value, binary=False", (_, a) => FileSize(ToFloat(a[0]), Ops.IsTrue(a[1]))),
            ["float"] = FilterEntry.Of("do_float", "value, default=0.0", (_, a) => Float(a[0], a[1])),
            ["forceescape"] = FilterEntry.Of("do_forceescape", "value", (_, a) => new Markup(Markup.Escape(Repr.Str(a[0])))),
            ["format"] = FilterEntry.Raw("do_format", Format, passContext: false),
            ["indent"] = FilterEntry.Of("do_indent", "s, width=4, first=False, blank=False", (_, a) => Indent(a[0], a[1], Ops.IsTrue(a[2]), Ops.IsTrue(a[3]))),
            ["int"] = FilterEntry.Of("do_int", "value, default=0, base=10", (_, a) => Int(a[0], a[1], Ops.ToInt(a[2]))),
            ["lower"] = FilterEntry.Of("do_lower", "s", (_, a) => Soft(a[0], PyText.Lower)),
            ["upper"] = FilterEntry.Of("do_upper", "s", (_, a) => Soft(a[0], PyText.Upper)),
            ["pprint"] = FilterEntry.Of("do_pprint", "value", (_, a) => PrettyPrinter.Format(a[0])),
            ["replace"] = FilterEntry.Of("do_replace", "s, old, new, count=None", Replace, 1),
            ["round"] = FilterEntry.Of("do_round", "value, precision=0, method='common'", (_, a) => Round(a[0], a[1], Repr.Str(a[2]))),
            ["safe"] = FilterEntry.Of("do_mark_safe", "value", (_, a) => a[0] as Markup ?? new Markup(Repr.Str(a[0]))),
            ["string"] = FilterEntry.One("soft_str", value => value is Markup ? value : Repr.Str(value)),
            ["striptags"] = FilterEntry.Of("do_striptags", "value", (_, a) => Html.StripTags(Repr.Str(a[0]))),
            ["title"] = FilterEntry.Of("do_title", "s", (_, a) => Title(Repr.Str(a[0]))),
            ["tojson"] = FilterEntry.Of("do_tojson", "value, indent=None", (_, a) => new Markup(Json.Safe(Json.Dump(a[0], sortKeys: true, a[1]))), 1),
            ["trim"] = FilterEntry.Of("do_trim", "value, chars=None", (_, a) => Trim(a[0], a[1])),
            ["truncate"] = FilterEntry.Of("do_truncate", "s, length=255, killwords=False, end='...', leeway=None", (_, a) => Truncate(a), 1),
            ["urlencode"] = FilterEntry.Of("do_urlencode", "value", (_, a) => Html.UrlEncode(a[0])),
            ["urlize"] = FilterEntry.Of("do_urlize", "value, trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None", (c, a) => Safe(c, Html.Urlize(a)), 1),
            ["wordcount"] = FilterEntry.Of("do_wordcount", "s", (_, a) => Boxed.Of(WordCount(Repr.Str(a[0])))),
            ["wordwrap"] = FilterEntry.Of("do_wordwrap", "s, width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True", (c, a) => TextWrap.Wrap(c, a), 1),
            ["xmlattr"] = FilterEntry.Of("do_xmlattr", "d, autospace=True", (c, a) => Safe(c, Html.XmlAttributes(a[0], Ops.IsTrue(a[1]))), 1),
        };
        AddSequences(table);
        return table;
    }

    private static object Safe(JinjaContext context, string text) => context.Autoescape ? new Markup(text) : text;

    private static int Width(object? value)
    {
        var width = Ops.ToInt(value);
        Ops.Guard(width);
        return width;
    }

    private static object Soft(object? value, Func<string, string> function) =>
        value is Markup markup ? new Markup(function(markup.Text)) : function(Repr.Str(value));

    private static object? Default(object?[] a) => a[0] is JinjaUndefined || (Ops.IsTrue(a[2]) && !Ops.IsTrue(a[0])) ? a[1] : a[0];

    public static object Escape(object? value) => value as Markup ?? new Markup(Markup.Escape(Repr.Str(value)));

    private static string Title(string text)
    {
        // Words begin behind blanks and - ( { [ <
        if (Ascii.IsValid(text))
        {
            return string.Create(text.Length, text, static (span, source) =>
            {
                var begin = true;
                for (var i = 0; i < source.Length; i++)
                {
                    var c = source[i];
                    span[i] = begin ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c);
                    begin = c is '-' or '(' or '{' or '[' or '<' || PyText.IsSpace(c);
                }
            });
        }

        var result = new StringBuilder(text.Length);
        var start = true;
        foreach (var rune in text.EnumerateRunes())
        {
            var separator = rune.Value is '-' or '(' or '{' or '[' or '<' || (rune.IsBmp && PyText.IsSpace((char)rune.Value));
            var one = rune.ToString();
            result.Append(separator ? one : start ? PyText.Upper(one) : PyText.Lower(one));
            start = separator;
        }

        return result.ToString();
    }

    private static object Trim(object? value, object? characters)
    {
        string? set = null;
        if (characters is not null && !Ops.TryText(characters, out set))
        {
            throw Fault.Type("strip arg must be None or str");
        }

        return Soft(value, text => PyText.Strip(text, set, true, true));
    }

    private static object Replace(JinjaContext context, object?[] a)
    {
        var count = a[3] is null ? -1 : Ops.ToIndex(a[3]);
        if (!context.Autoescape)
        {
            return StringMethods.Replace(Repr.Str(a[0]), Repr.Str(a[1]), Repr.Str(a[2]), count);
        }

        var source = a[1] is Markup || (a[2] is Markup && a[0] is not Markup) ? Escape(a[0]) : a[0] is Markup ? a[0] : Repr.Str(a[0]);
        var replacement = source is Markup && a[2] is not Markup ? Markup.Escape(Repr.Str(a[2])) : Repr.Str(a[2]);
        var result = StringMethods.Replace(Repr.Str(source), Repr.Str(a[1]), replacement, count);
        return source is Markup ? new Markup(result) : result;
    }

    private static object? Format(JinjaContext context, object?[] positional, KeyValuePair<string, object?>[] keywords)
    {
        if (positional.Length > 1 && keywords.Length > 0)
        {
            throw Fault.FilterArgument("can't handle positional and keyword arguments at the same time");
        }

        object arguments = keywords.Length > 0 ? new JinjaDict(keywords) : new JinjaTuple(positional[1..]);
        return Ops.Modulo(positional[0] is Markup ? positional[0] : Repr.Str(positional[0]), arguments);
    }

    private static object Indent(object? value, object? width, bool first, bool blank)
    {
        if (!Ops.TryText(value, out var text))
        {
            throw value is JinjaUndefined undefined ? undefined.Error() : Fault.Type($"unsupported operand type(s) for +=: '{Types.Name(value)}' and 'str'");
        }

        var indention = Ops.TryText(width, out var given) ? given : new string(' ', Math.Max(0, Width(width)));
        var lines = PyText.SplitLines(text + "\n", keepEnds: false);
        var result = new StringBuilder();
        if (first)
        {
            result.Append(indention);
        }

        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0)
            {
                result.Append('\n');
                if (blank || lines[i].Length > 0)
                {
                    result.Append(indention);
                }
            }

            result.Append(lines[i]);
        }

        return value is Markup ? new Markup(result.ToString()) : result.ToString();
    }

    public static object? Int(object? value, object? otherwise, int radix)
    {
        if (Ops.TryText(value, out var text))
        {
            if (radix != 0 && radix is < 2 or > 36)
            {
                return FloatInt(text) ?? otherwise;
            }

            return Numbers.ParseInt(text, radix) ?? FloatInt(text) ?? otherwise;
        }

        switch (value)
        {
            case long or bool or System.Numerics.BigInteger:
                return Ops.Plus(value);
            case double number:
                return double.IsNaN(number) || double.IsInfinity(number)
                    ? double.IsNaN(number) ? otherwise : throw Fault.Overflow("cannot convert float infinity to integer")
                    : Boxed.Of(new System.Numerics.BigInteger(Math.Truncate(number)));
            case JinjaDecimal number:
                return number.Truncate() is { } whole ? Boxed.Of(whole) : otherwise;
            case JinjaUndefined undefined:
                throw undefined.Error();
            default:
                return otherwise;
        }
    }

    private static object? FloatInt(string text) =>
        Numbers.TryParseFloat(text, out var number) && double.IsFinite(number) ? Boxed.Of(new System.Numerics.BigInteger(Math.Truncate(number))) : null;

    private static object? Float(object? value, object? otherwise) => value switch
    {
        _ when Ops.TryText(value, out var text) => Numbers.TryParseFloat(text, out var number) ? number : otherwise,
        double or long or bool or System.Numerics.BigInteger => Ops.ToDouble(value),
        JinjaDecimal number => number.ToDouble(),
        JinjaUndefined undefined => throw undefined.Error(),
        _ => otherwise,
    };

    private static double ToFloat(object? value)
    {
        if (Ops.TryText(value, out var text))
        {
            return Numbers.TryParseFloat(text, out var number) ? number : throw Fault.Value($"could not convert string to float: {Repr.Of(text)}");
        }

        return value switch
        {
            JinjaDecimal number => number.ToDouble(),
            JinjaUndefined undefined => throw undefined.Error(),
            _ when Ops.IsNumber(value) => Ops.ToDouble(value),
            _ => throw Fault.Type($"float() argument must be a string or a real number, not '{Types.Name(value)}'"),
        };
    }

    private static string FileSize(double bytes, bool binary)
    {
        double unit = binary ? 1024 : 1000;
        if (bytes == 1)
        {
            return "1 Byte";
        }

        if (bytes < unit)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{(long)bytes} Bytes");
        }

        string[] prefixes = binary ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
        var limit = unit;
        for (var i = 0; i < prefixes.Length; i++)
        {
            limit *= unit;
            if (bytes < limit || i == prefixes.Length - 1)
            {
                return Numbers.Fixed(Math.Abs(unit * bytes / limit), 1) + " " + prefixes[i];
            }
        }

        return string.Empty;
    }

    public static object? Round(object? value, object? precision, string method)
    {
        if (method is not ("common" or "ceil" or "floor"))
        {
            throw Fault.FilterArgument("method must be common, ceil or floor");
        }

        if (method == "common")
        {
            return RoundCommon(value, precision);
        }

        var factor = Ops.Power(Boxed.Of(10L), precision);
        var scaled = Ops.Multiply(value, factor);
        if (!Ops.IsNumber(scaled) && scaled is not (JinjaDecimal or JinjaUndefined))
        {
            throw Fault.Type($"must be real number, not {Types.Name(scaled)}");
        }

        object rounded;
        if (scaled is double number)
        {
            if (!double.IsFinite(number))
            {
                throw double.IsNaN(number) ? Fault.Value("cannot convert float NaN to integer") : Fault.Overflow("cannot convert float infinity to integer");
            }

            rounded = Boxed.Of(new System.Numerics.BigInteger(method == "ceil" ? Math.Ceiling(number) : Math.Floor(number)));
        }
        else
        {
            rounded = scaled is JinjaDecimal exact ? Boxed.Of(exact.Integral(method == "ceil")) : scaled ?? Boxed.Zero;
        }

        return Ops.Divide(rounded, factor);
    }

    private static object? RoundCommon(object? value, object? precision)
    {
        if (value is JinjaDecimal exact)
        {
            return precision is null ? Boxed.Of(exact.Round(0).Truncate() ?? 0) : exact.Round(Ops.ToInt(precision));
        }

        if (value is long or bool or System.Numerics.BigInteger)
        {
            var digits = precision is null ? 0 : Ops.ToInt(precision);
            if (digits >= 0)
            {
                return Ops.Plus(value);
            }

            if (digits < -4300)
            {
                return Boxed.Zero;
            }

            var unit = System.Numerics.BigInteger.Pow(10, -digits);
            return Boxed.Of(Numbers.DivideHalfEven(Ops.ToBig(value), unit) * unit);
        }

        if (value is not double number)
        {
            throw Fault.Type($"type {Types.Short(value)} doesn't define __round__ method");
        }

        var places = precision is null ? 0 : Ops.ToInt(precision);
        if (precision is null)
        {
            return Boxed.Of(new System.Numerics.BigInteger(Math.Round(number, MidpointRounding.ToEven)));
        }

        if (!double.IsFinite(number) || places > 323 || number == 0)
        {
            return number;
        }

        if (places < -308)
        {
            return Math.CopySign(0, number);
        }

        return Math.CopySign(double.Parse(Numbers.Fixed(Math.Abs(number), places), CultureInfo.InvariantCulture), number);
    }

    private static object? Truncate(object?[] a)
    {
        if (!Ops.TryText(a[0], out var text))
        {
            if (Ops.Length(a[0]) == 0)
            {
                return a[0];
            }

            throw Fault.Type($"'{Types.Name(a[0])}' object is not a text");
        }

        var length = Ops.ToInt(a[1]);
        var end = Repr.Str(a[3]);
        var leeway = a[4] is null ? 5 : Ops.ToInt(a[4]);
        var endLength = PyText.Length(end);
        if (length < endLength)
        {
            throw new JinjaException(JinjaErrorKind.Runtime, "AssertionError", $"expected length >= {endLength}, got {length}");
        }

        if (leeway < 0)
        {
            throw new JinjaException(JinjaErrorKind.Runtime, "AssertionError", $"expected leeway >= 0, got {leeway}");
        }

        if (PyText.Length(text) <= length + leeway)
        {
            return a[0];
        }

        var cut = text[..PyText.Offset(text, length - endLength)];
        return (Ops.IsTrue(a[2]) ? cut : StringMethods.SplitOn(cut, " ", 1, fromRight: true)[0]) + end;
    }

    private static long WordCount(string text)
    {
        long count = 0;
        var inside = false;
        if (Ascii.IsValid(text))
        {
            foreach (var c in text)
            {
                var letter = char.IsAsciiLetterOrDigit(c) || c == '_';
                count += letter && !inside ? 1 : 0;
                inside = letter;
            }

            return count;
        }

        foreach (var rune in text.EnumerateRunes())
        {
            var word = Syntax.Identifiers.IsWord(rune.Value);
            if (word && !inside)
            {
                count++;
            }

            inside = word;
        }

        return count;
    }
}
