using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Modules;

/// <summary>
/// The functions that dbt puts into every context: <c>return</c>, <c>fromjson</c>, <c>tojson</c>, <c>fromyaml</c>, <c>toyaml</c>, <c>set</c>, <c>set_strict</c>, <c>zip</c>, <c>zip_strict</c>,
/// <c>diff_of_two_dicts</c>, <c>local_md5</c> and <c>modules</c>.
/// </summary>
public static class ContextFunctions
{
    /// <summary>All of them by name.</summary>
    /// <param name="time">The clock of <c>modules.datetime</c>.</param>
    public static IReadOnlyDictionary<string, object?> Make(TimeProvider time)
    {
        var table = new Dictionary<string, object?>(StringComparer.Ordinal) { ["return"] = StandaloneMacro.Return, ["modules"] = JinjaModules.Make(time) };
        Add("fromjson", "string, default=None", (_, a) => FromJson(a[0], a[1]));
        Add("tojson", "value, default=None, sort_keys=False", (_, a) => Or(() => Json.Dump(a[0], Ops.IsTrue(a[2])), a[1], "ValueError"));
        Add("fromyaml", "value, default=None", (_, a) => Or(() => Yaml.Load(a[0]), a[1], "YAMLError"));
        Add("toyaml", "value, default=None, sort_keys=False", (_, a) => Or(() => Yaml.Dump(a[0], Ops.IsTrue(a[2])), a[1], "YAMLError"));
        Add("set", "value, default=None", (_, a) => Or(() => new JinjaSet(Ops.Iterate(a[0])), a[1], "TypeError"));
        Add("set_strict", "value", (_, a) => new JinjaSet(Ops.Iterate(a[0])));
        table["zip"] = new BuiltinFunction("zip", call => Or(() => Zip(call.Positional), call.TryGetKeyword("default", out var value) ? value : null, "TypeError"));
        table["zip_strict"] = new BuiltinFunction("zip_strict", call => Zip(call.Positional));
        Add("local_md5", "value", (_, a) => Ops.TryText(a[0], out var text) ? Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text))) : throw Fault.Attribute($"'{Types.Short(a[0])}' object has no attribute 'encode'"));
        Add("diff_of_two_dicts", "dict_a, dict_b", (_, a) => Diff(a[0], a[1]));
        return table;

        void Add(string name, string parameters, Func<JinjaCall, object?[], object?> body) =>
            table[name] = new BuiltinFunction(name, call => body(call, Signature.Bind(name, Signature.Parse(parameters), call.Positional, call.Keywords)));
    }

    private static object? Or(Func<object?> body, object? otherwise, string caught)
    {
        try
        {
            return body();
        }
        catch (JinjaException error) when (error.PythonType == caught)
        {
            return otherwise;
        }
    }

    private static JinjaGenerator Zip(object?[] sequences)
    {
        // The first argument that cannot be gone through fails now, not later.
        var items = Array.ConvertAll(sequences, Ops.Iterate);
        return new JinjaGenerator(Rows(), "zip", "zip");

        IEnumerable<object?> Rows()
        {
            var iterators = Array.ConvertAll(items, item => item.GetEnumerator());
            while (iterators.Length > 0 && Array.TrueForAll(iterators, iterator => iterator.MoveNext()))
            {
                yield return new JinjaTuple(Array.ConvertAll(iterators, iterator => iterator.Current));
            }
        }
    }

    private static JinjaDict Diff(object? left, object? right)
    {
        if (left is not JinjaDict first || right is not JinjaDict second)
        {
            throw Fault.Attribute($"'{Types.Short(left is JinjaDict ? right : left)}' object has no attribute 'items'");
        }

        var lowered = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var (key, values) in second.Entries)
        {
            lowered[Text.Lower(Repr.Str(key))] = [.. Ops.Iterate(values).Select(item => Text.Lower(Repr.Str(item)))];
        }

        var result = new JinjaDict();
        foreach (var (key, values) in first.Entries)
        {
            var rest = lowered.TryGetValue(Text.Lower(Repr.Str(key)), out var known)
                ? new JinjaList(Ops.Iterate(values).Where(item => !known.Contains(Text.Lower(Repr.Str(item)))))
                : values;
            if (rest is not JinjaList { Count: 0 } || known is null)
            {
                result.Set(key, rest);
            }
        }

        return result;
    }

    private static object? FromJson(object? value, object? otherwise)
    {
        if (!Ops.TryText(value, out var text))
        {
            throw Fault.Type($"the JSON object must be str, bytes or bytearray, not {Types.Short(value)}");
        }

        try
        {
            // Python also reads these three words.
            return text.Trim() switch
            {
                "NaN" => double.NaN,
                "Infinity" => double.PositiveInfinity,
                "-Infinity" => double.NegativeInfinity,
                _ => Read(JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 500 }).RootElement),
            };
        }
        catch (JsonException)
        {
            return otherwise;
        }
    }

    private static object? Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                {
                    var dict = new JinjaDict();
                    foreach (var property in element.EnumerateObject())
                    {
                        dict.Set(property.Name, Read(property.Value));
                    }

                    return dict;
                }

            case JsonValueKind.Array:
                return new JinjaList(element.EnumerateArray().Select(Read));
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                {
                    var raw = element.GetRawText();
                    return raw.AsSpan().IndexOfAny('.', 'e', 'E') >= 0
                        ? double.Parse(raw, CultureInfo.InvariantCulture)
                        : Boxed.Of(BigInteger.Parse(raw, CultureInfo.InvariantCulture));
                }

            case JsonValueKind.True:
                return Boxed.True;
            case JsonValueKind.False:
                return Boxed.False;
            default:
                return null;
        }
    }
}
