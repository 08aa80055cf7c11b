using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FhirAspire.Dbt.Load;

/// <summary>Types of plain scalars by the rules of YAML 1.1 (https://yaml.org/type/), as PyYAML applies them.</summary>
internal static partial class YamlScalars
{
    public static object? Resolve(Scalar scalar)
    {
        if (scalar.Style != ScalarStyle.Plain)
        {
            return scalar.Value;
        }

        if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
        {
            return scalar.Tag.Value.EndsWith(":str", StringComparison.Ordinal) ? scalar.Value : Resolve(scalar.Value);
        }

        return Resolve(scalar.Value);
    }

    public static object? Resolve(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        switch (text[0])
        {
            case 'y' or 'Y' or 'n' or 'N' or 't' or 'T' or 'f' or 'F' or 'o' or 'O' or '~':
                return Word(text);
            case (>= '0' and <= '9') or '-' or '+' or '.':
                return Number(text);
            default:
                return text;
        }
    }

    private static object? Word(string text) => text switch
    {
        "yes" or "Yes" or "YES" or "true" or "True" or "TRUE" or "on" or "On" or "ON" => true,
        "no" or "No" or "NO" or "false" or "False" or "FALSE" or "off" or "Off" or "OFF" => false,
        "~" or "null" or "Null" or "NULL" => null,
        _ => text,
    };

    private static object Number(string text)
    {
        if (IntegerPattern().IsMatch(text))
        {
            return Integer(text);
        }

        if (FloatPattern().IsMatch(text))
        {
            return Float(text);
        }

        return DatePattern().IsMatch(text) && DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? date
            : TimePattern().Match(text) is { Success: true } match ? Time(match) ?? (object)text : text;
    }

    private static object Integer(string text)
    {
        var digits = text.Replace("_", string.Empty, StringComparison.Ordinal);
        var sign = 1;
        if (digits[0] is '-' or '+')
        {
            sign = digits[0] == '-' ? -1 : 1;
            digits = digits[1..];
        }

        BigInteger value;
        if (digits.StartsWith("0b", StringComparison.Ordinal))
        {
            value = digits[2..].Aggregate(BigInteger.Zero, (sum, c) => (sum * 2) + (c - '0'));
        }
        else if (digits.StartsWith("0x", StringComparison.Ordinal))
        {
            value = BigInteger.Parse("0" + digits[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }
        else if (digits.Length > 1 && digits[0] == '0')
        {
            value = digits.Aggregate(BigInteger.Zero, (sum, c) => (sum * 8) + (c - '0'));
        }
        else if (digits.Contains(':', StringComparison.Ordinal))
        {
            value = digits.Split(':').Aggregate(BigInteger.Zero, (sum, part) => (sum * 60) + BigInteger.Parse(part, CultureInfo.InvariantCulture));
        }
        else
        {
            value = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        }

        value *= sign;
        return value >= long.MinValue && value <= long.MaxValue ? (long)value : value;
    }

    private static object Float(string text)
    {
        var digits = text.Replace("_", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
        var sign = digits[0] == '-' ? -1.0 : 1.0;
        digits = digits.TrimStart('-', '+');
        return digits switch
        {
            ".inf" => sign * double.PositiveInfinity,
            ".nan" => double.NaN,
            _ when digits.Contains(':', StringComparison.Ordinal) => sign * digits.Split(':').Aggregate(0.0, (sum, part) => (sum * 60) + double.Parse(part, CultureInfo.InvariantCulture)),
            _ => sign * double.Parse(digits, CultureInfo.InvariantCulture),
        };
    }

    private static object? Time(Match match)
    {
        var groups = match.Groups;
        int Part(string name) => int.Parse(groups[name].Value, CultureInfo.InvariantCulture);
        try
        {
            var time = new DateTime(Part("year"), Part("month"), Part("day"), Part("hour"), Part("minute"), Part("second"), DateTimeKind.Unspecified);
            var fraction = groups["fraction"].Value;
            if (fraction.Length > 0)
            {
                time = time.AddTicks(long.Parse(fraction.PadRight(6, '0')[..6], CultureInfo.InvariantCulture) * 10);
            }

            if (groups["tzsign"].Success)
            {
                var offset = new TimeSpan(Part("tzhour"), groups["tzminute"].Success ? Part("tzminute") : 0, 0);
                return new DateTimeOffset(time, groups["tzsign"].Value == "-" ? -offset : offset);
            }

            return groups["tz"].Success ? (object)new DateTimeOffset(time, TimeSpan.Zero) : time;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\A(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IntegerPattern();

    [GeneratedRegex(@"\A(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex FloatPattern();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DatePattern();

    [GeneratedRegex(@"\A(?<year>[0-9]{4})-(?<month>[0-9][0-9]?)-(?<day>[0-9][0-9]?)(?:[Tt]|[ \t]+)(?<hour>[0-9][0-9]?):(?<minute>[0-9][0-9]):(?<second>[0-9][0-9])(?:\.(?<fraction>[0-9]*))?(?:[ \t]*(?<tz>Z|(?<tzsign>[-+])(?<tzhour>[0-9][0-9]?)(?::(?<tzminute>[0-9][0-9]))?))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TimePattern();
}
