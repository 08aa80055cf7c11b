using System.Globalization;
using System.Numerics;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>Between the plain values of files and the values of templates.</summary>
internal static class Host
{
    public static JinjaFunction Function(string name, JinjaCallable body) => new(name, body);

    /// <summary>Python's <c>str(value)</c>.</summary>
    public static string Text(object? value) => value as string ?? JinjaValue.Str(JinjaValue.From(value));

    public static string Repr(object? value) => JinjaValue.Repr(JinjaValue.From(value));

    public static bool IsTrue(object? value) => JinjaValue.IsTrue(value);

    public static IEnumerable<object?> Items(object? value) => value switch
    {
        JinjaObject item => item.Iterate() ?? throw Runtime($"'{item.TypeName}' object is not iterable"),
        string text => text.EnumerateRunes().Select(rune => (object?)rune.ToString()),
        null => throw Runtime("'NoneType' object is not iterable"),
        _ => throw Runtime($"'{Val.TypeName(value)}' object is not iterable"),
    };

    /// <summary>Calls what a template gave.</summary>
    public static object? Invoke(object? function, JinjaCall from, params object?[] arguments) =>
        function is JinjaObject { IsCallable: true } callable ? callable.Call(new JinjaCall(from.Context, arguments, [], from.Line)) : throw Runtime("the argument is not callable");

    public static bool Same(object? left, object? right) => JinjaValue.AreEqual(left, right);

    public static bool SameItems(IEnumerable<object?> left, IEnumerable<object?> right)
    {
        var a = left.ToList();
        var b = right.ToList();
        return a.Count == b.Count && a.Zip(b).All(pair => Same(pair.First, pair.Second));
    }

    public static int Compare(object? left, object? right)
    {
        if (left is null || right is null)
        {
            return left is null ? right is null ? 0 : 1 : -1;
        }

        if (Number(left) is { } a && Number(right) is { } b)
        {
            return a.CompareTo(b);
        }

        return left is JinjaObject item && item.CompareTo(right) is { } order ? order : string.CompareOrdinal(Text(left), Text(right));
    }

    /// <summary>A value of a file as a template sees it.</summary>
    public static object? ToTemplate(object? value)
    {
        switch (value)
        {
            case DbtMap map:
                var dict = new JinjaDict();
                foreach (var (key, item) in map)
                {
                    dict.Set(key is Load.YamlReader.NullKey ? null : ToTemplate(key), ToTemplate(item));
                }

                return dict;
            case List<object?> list:
                return new JinjaList(list.Select(ToTemplate));
            case IEnumerable<string> texts when value is not string:
                return new JinjaList(texts);
            case int number:
                return (long)number;
            default:
                return JinjaValue.From(value);
        }
    }

    /// <summary>A value of a template as files and artifacts hold it.</summary>
    public static object? FromTemplate(object? value)
    {
        switch (value)
        {
            case JinjaDict dict:
                var map = new DbtMap();
                foreach (var (key, item) in dict.Entries)
                {
                    map[FromTemplate(key) ?? Load.YamlReader.NullKey.Instance] = FromTemplate(item);
                }

                return map;
            case JinjaList list:
                return list.Select(FromTemplate).ToList();
            case JinjaTuple tuple:
                return tuple.Select(FromTemplate).ToList();
            case JinjaSet set:
                return set.Iterate()!.Select(FromTemplate).ToList();
            case JinjaUndefined:
                return null;
            case JinjaObject item:
                return JinjaValue.ToPlain(item) switch
                {
                    decimal number => (double)number,
                    DateOnly or DateTime or DateTimeOffset or string => JinjaValue.ToPlain(item),
                    _ => item.Str(),
                };
            default:
                return value;
        }
    }

    public static DbtException Compilation(string message, string code = "DBT2101") => new(code, DbtErrorKind.Compilation, message);

    public static DbtException Runtime(string message) => new("DBT4001", DbtErrorKind.Runtime, message);

    private static double? Number(object value) => value switch
    {
        bool flag => flag ? 1 : 0,
        long number => number,
        double number => number,
        BigInteger number => (double)number,
        _ => null,
    };
}
