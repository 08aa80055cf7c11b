using System.Collections;
using System.Globalization;
using System.Numerics;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>
/// The value model. None is null; str, bool, int, float are <see cref="string"/>, <see cref="bool"/>, <see cref="long"/> or <see cref="BigInteger"/>,
/// <see cref="double"/>; everything else is a <see cref="JinjaObject"/>.
/// </summary>
public static class JinjaValue
{
    /// <summary>Whether a value is of the value model and needs no conversion.</summary>
    public static bool IsValue(object? value) => value is null or string or long or bool or double or JinjaObject or BigInteger;

    /// <summary>
    /// Converts a .NET value: integers and floats of other sizes, decimal, dates and times, dictionaries, lists and sequences (all deep copies), delegates.
    /// Nothing is found by reflection: an object of another type has to be wrapped in a <see cref="JinjaObject"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The type is not one of these.</exception>
    public static object? From(object? value) => value switch
    {
        null or string or long or bool or double or JinjaObject => value,
        BigInteger big => Boxed.Of(big),
        int number => Boxed.Of(number),
        short number => Boxed.Of(number),
        byte number => Boxed.Of(number),
        sbyte number => Boxed.Of(number),
        ushort number => Boxed.Of(number),
        uint number => Boxed.Of(number),
        ulong number => Boxed.Of((BigInteger)number),
        float number => double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        decimal number => new JinjaDecimal(number),
        char character => character.ToString(),
        Guid id => id.ToString(),
        Enum item => item.ToString(),
        DateOnly date => new JinjaDate(date.Year, date.Month, date.Day),
        DateTime moment => JinjaDateTime.From(moment, moment.Kind == DateTimeKind.Utc ? TimeSpan.Zero : null),
        DateTimeOffset moment => JinjaDateTime.From(moment.DateTime, moment.Offset),
        TimeOnly time => new JinjaTime(time.Hour, time.Minute, time.Second, (time.Millisecond * 1000) + time.Microsecond, null),
        TimeSpan span => new JinjaTimeDelta(span.Ticks / 10),
        byte[] data => new JinjaBytes(data),
        JinjaCallable function => new JinjaFunction(function.Method.Name, function),
        IReadOnlyDictionary<string, object?> dictionary => FromPairs(dictionary.Select(pair => new KeyValuePair<object?, object?>(pair.Key, pair.Value))),
        IDictionary dictionary => FromPairs(dictionary.Cast<DictionaryEntry>().Select(pair => new KeyValuePair<object?, object?>(pair.Key, pair.Value))),
        IEnumerable<KeyValuePair<string, string>> pairs => FromPairs(pairs.Select(pair => new KeyValuePair<object?, object?>(pair.Key, pair.Value))),
        IEnumerable items => new JinjaList(items.Cast<object?>().Select(From)),
        _ => throw new ArgumentException($"a value of type {value.GetType()} cannot be given to a template; wrap it in a {nameof(JinjaObject)}", nameof(value)),
    };

    /// <summary>What printing the value gives: Python's <c>str</c>.</summary>
    public static string Str(object? value) => Runtime.Repr.Str(value);

    /// <summary>Python's <c>repr</c>.</summary>
    public static string Repr(object? value) => Runtime.Repr.Of(value);

    /// <summary>Python's truth of a value.</summary>
    public static bool IsTrue(object? value) => Ops.IsTrue(value);

    /// <summary>Python's <c>==</c>.</summary>
    public static bool AreEqual(object? left, object? right) => Equality.Same(left, right);

    /// <summary>The name of the value's type in Python, such as <c>str</c> or <c>date</c>.</summary>
    public static string TypeName(object? value) => Types.Short(value);

    /// <summary>The items of an iterable value.</summary>
    /// <exception cref="JinjaException">The value cannot be iterated.</exception>
    public static IEnumerable<object?> Iterate(object? value) => Ops.Iterate(value);

    /// <summary>Whether the value is a text, a marked one included.</summary>
    public static bool TryText(object? value, out string text) => Ops.TryText(value, out text);

    /// <summary>Whether the value can be called.</summary>
    public static bool IsCallable(object? value) => value is JinjaObject { IsCallable: true };

    /// <summary>
    /// Converts a value to plain .NET: dicts with text keys become <c>Dictionary&lt;string, object?&gt;</c> (other keys as text), lists, tuples and sets <c>List&lt;object?&gt;</c>,
    /// decimals <see cref="decimal"/> where they fit, dates <see cref="DateOnly"/>, <see cref="DateTime"/> or <see cref="DateTimeOffset"/>. Others stay.
    /// </summary>
    public static object? ToPlain(object? value) => value switch
    {
        JinjaDict dict => dict.Entries.ToDictionary(entry => entry.Key as string ?? Str(entry.Key), entry => ToPlain(entry.Value), StringComparer.Ordinal),
        JinjaList or JinjaTuple or JinjaSet => Ops.Iterate(value).Select(ToPlain).ToList(),
        StringValue text => text.Text,
        JinjaDecimal number => number.ToDecimal() is { } plain ? plain : value,
        JinjaDateTime moment => moment.ToPlain(),
        JinjaDate date => new DateOnly(date.Year, date.Month, date.Day),
        _ => value,
    };

    private static JinjaDict FromPairs(IEnumerable<KeyValuePair<object?, object?>> pairs)
    {
        var dict = new JinjaDict();
        foreach (var (key, item) in pairs)
        {
            dict.Set(From(key), From(item));
        }

        return dict;
    }
}
