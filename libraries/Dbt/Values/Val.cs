using System.Globalization;
using System.Numerics;
using System.Text;

namespace FhirAspire.Dbt.Values;

/// <summary>What Python does with the plain values of a <see cref="DbtMap"/>.</summary>
internal static class Val
{
    public static object? DeepCopy(object? value) => value switch
    {
        DbtMap map => map.DeepCopy(),
        List<object?> list => list.ConvertAll(DeepCopy),
        _ => value,
    };

    /// <summary>A list of strings from a string, a list, or nothing.</summary>
    public static List<string> StringList(object? value) => value switch
    {
        null => [],
        string text => [text],
        List<object?> list => list.ConvertAll(item => Str(item)),
        _ => [Str(value)],
    };

    public static bool IsTruthy(object? value) => value switch
    {
        null => false,
        bool flag => flag,
        string text => text.Length > 0,
        long number => number != 0,
        BigInteger number => !number.IsZero,
        double number => number != 0,
        DbtMap map => map.Count > 0,
        List<object?> list => list.Count > 0,
        _ => true,
    };

    /// <summary>Python's <c>str(value)</c>.</summary>
    public static string Str(object? value) => value is string text ? text : Repr(value);

    /// <summary>Python's <c>repr(value)</c>.</summary>
    public static string Repr(object? value)
    {
        switch (value)
        {
            case string text:
                return ReprString(text);
            case DbtMap or List<object?>:
                var builder = new StringBuilder();
                AppendRepr(builder, value);
                return builder.ToString();
            default:
                return Scalar(value);
        }
    }

    /// <summary>Python's type name, for messages.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long or int or BigInteger => "int",
        double => "float",
        string => "str",
        DbtMap => "dict",
        List<object?> => "list",
        DateOnly => "date",
        DateTime or DateTimeOffset => "datetime",
        _ => value.GetType().Name,
    };

    /// <summary>Equality as Python has it for plain values: 1 == 1.0 == True.</summary>
    public static new bool Equals(object? left, object? right)
    {
        if (left is null || right is null)
        {
            return left is null && right is null;
        }

        switch (left)
        {
            case DbtMap leftMap:
                return right is DbtMap rightMap && leftMap.Count == rightMap.Count
                    && leftMap.All(entry => rightMap.TryGetValue(entry.Key, out var other) && Equals(entry.Value, other));
            case List<object?> leftList:
                return right is List<object?> rightList && leftList.Count == rightList.Count
                    && leftList.Zip(rightList).All(pair => Equals(pair.First, pair.Second));
            case string leftText:
                return right is string rightText && leftText == rightText;
            default:
                return Number(left) is { } a && Number(right) is { } b ? a.Equals(b) : left.Equals(right);
        }
    }

    public static string FloatRepr(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var exponentAt = text.IndexOf('E', StringComparison.Ordinal);
        var magnitude = value == 0 ? 0 : Math.Floor(Math.Log10(Math.Abs(value)));
        if (exponentAt >= 0 && magnitude is >= -4 and < 16)
        {
            text = ((decimal)value).ToString(CultureInfo.InvariantCulture);
            return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
        }

        if (exponentAt >= 0 || magnitude >= 16 || magnitude < -4)
        {
            return Exponential(value);
        }

        return text.Contains('.', StringComparison.Ordinal) ? text : text + ".0";
    }

    private static string Exponential(double value)
    {
        var text = value.ToString("E16", CultureInfo.InvariantCulture);
        for (var digits = 0; digits <= 16; digits++)
        {
            var candidate = value.ToString($"E{digits}", CultureInfo.InvariantCulture);
            if (double.Parse(candidate, CultureInfo.InvariantCulture) == value)
            {
                text = candidate;
                break;
            }
        }

        var split = text.Split('E');
        var exponent = int.Parse(split[1], CultureInfo.InvariantCulture);
        return $"{split[0]}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static double? Number(object value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        int number => number,
        double number => number,
        BigInteger number => (double)number,
        _ => null,
    };

    private static void AppendRepr(StringBuilder builder, object? value)
    {
        switch (value)
        {
            case DbtMap map:
                builder.Append('{');
                var first = true;
                foreach (var (key, item) in map)
                {
                    builder.Append(first ? string.Empty : ", ");
                    first = false;
                    AppendRepr(builder, key);
                    builder.Append(": ");
                    AppendRepr(builder, item);
                }

                builder.Append('}');
                break;
            case List<object?> list:
                builder.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    builder.Append(i == 0 ? string.Empty : ", ");
                    AppendRepr(builder, list[i]);
                }

                builder.Append(']');
                break;
            default:
                builder.Append(Repr(value));
                break;
        }
    }

    private static string Scalar(object? value) => value switch
    {
        null => "None",
        true => "True",
        false => "False",
        double number => FloatRepr(number),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString(time.Ticks % 10_000_000 == 0 ? "yyyy-MM-dd HH:mm:ss" : "yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString(time.Ticks % 10_000_000 == 0 ? "yyyy-MM-dd HH:mm:sszzz" : "yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? string.Empty,
    };

    private static string ReprString(string text)
    {
        var quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        var builder = new StringBuilder(text.Length + 2).Append(quote);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case '\\':
                    builder.Append("\\\\");
                    break;
                case '\n':
                    builder.Append("\\n");
                    break;
                case '\r':
                    builder.Append("\\r");
                    break;
                case '\t':
                    builder.Append("\\t");
                    break;
                default:
                    AppendRune(builder, rune, quote);
                    break;
            }
        }

        return builder.Append(quote).ToString();
    }

    private static void AppendRune(StringBuilder builder, Rune rune, char quote)
    {
        if (rune.Value == quote)
        {
            builder.Append('\\').Append(quote);
        }
        else if (rune.Value < 0x20 || rune.Value is >= 0x7f and <= 0xa0 or 0xad)
        {
            builder.Append("\\x").Append(rune.Value.ToString("x2", CultureInfo.InvariantCulture));
        }
        else
        {
            builder.Append(rune.ToString());
        }
    }
}
