using System.Text.Json;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>Functions that need nothing of the node.</summary>
internal static class LibraryFunctions
{
    public static object? EnvVar(DbtSession session, string name, object? otherwise) => EnvVar(session.EnvironmentVariables, name, otherwise, session.EnvironmentRead);

    public static object? EnvVar(IReadOnlyDictionary<string, string> variables, string name, object? otherwise, System.Collections.Concurrent.ConcurrentDictionary<string, string?>? read = null)
    {
        var has = variables.TryGetValue(name, out var value);
        read?.TryAdd(name, has ? value : null);
        if (has)
        {
            return value;
        }

        return otherwise is not null and not JinjaUndefined
            ? otherwise
            : throw new DbtException("DBT1021", DbtErrorKind.Parsing, $"Env var required but not provided: '{name}'")
            {
                Found = $"no environment variable {name}", Expected = "a value, or a default as second argument", Hint = Text.DidYouMean(name, variables.Keys),
            };
    }

    public static object? ToJson(JinjaCall call)
    {
        var value = Host.FromTemplate(call.Get(0, "value"));
        if (Host.IsTrue(call.Get(2, "sort_keys")))
        {
            value = Sorted(value);
        }

        return PythonJson.Write(value);
    }

    public static object? FromJson(JinjaCall call)
    {
        try
        {
            return Host.ToTemplate(JsonValues.Parse(Host.Text(call.Get(0, "string"))));
        }
        catch (JsonException)
        {
            return call.Get(1, "default");
        }
    }

    public static object? FromYaml(JinjaCall call)
    {
        try
        {
            return Host.ToTemplate(YamlReader.Read(Host.Text(call.Get(0, "value")), "fromyaml"));
        }
        catch (DbtException)
        {
            return call.Get(1, "default");
        }
    }

    public static object? ToYaml(JinjaCall call)
    {
        var value = Host.FromTemplate(call.Get(0, "value"));
        return YamlWriter.Write(Host.IsTrue(call.Get(2, "sort_keys")) ? Sorted(value) : value);
    }

    public static object? Set(JinjaCall call, bool strict)
    {
        try
        {
            return new JinjaSet(Host.Items(call.Get(0, "value")));
        }
        catch (Exception exception) when (exception is DbtException or JinjaException)
        {
            return strict ? throw Host.Compilation($"'{TypeName(call.Get(0, "value"))}' object is not iterable") : call.Get(1, "default");
        }
    }

    public static object? Zip(JinjaCall call, bool strict)
    {
        try
        {
            var lists = call.Positional.Select(item => Host.Items(item).ToList()).ToList();
            var count = lists.Count == 0 ? 0 : lists.Min(list => list.Count);
            return new JinjaList(Enumerable.Range(0, count).Select(i => (object?)new JinjaTuple([.. lists.Select(list => list[i])])));
        }
        catch (Exception exception) when (exception is DbtException or JinjaException)
        {
            return strict ? throw Host.Compilation("zip argument is not iterable") : call.TryGetKeyword("default", out var otherwise) ? otherwise : null;
        }
    }

    /// <summary>What the first of two dicts of lists has beyond the second; keys and items without regard to case.</summary>
    public static object? DiffOfTwoDicts(JinjaCall call)
    {
        var result = new JinjaDict();
        var right = new Dictionary<string, HashSet<string>>(StringComparer.OrdinalIgnoreCase);
        if (call.Get(1, "dict_b") is JinjaDict b)
        {
            foreach (var (key, items) in b)
            {
                right[key] = Host.Items(items).Select(Host.Text).ToHashSet(StringComparer.OrdinalIgnoreCase);
            }
        }

        if (call.Get(0, "dict_a") is JinjaDict a)
        {
            foreach (var (key, items) in a)
            {
                var more = Host.Items(items).Where(item => !right.TryGetValue(key, out var there) || !there.Contains(Host.Text(item))).ToList();
                if (more.Count > 0)
                {
                    result[key] = new JinjaList(more);
                }
            }
        }

        return result;
    }

    public static object? TryOrCompilerError(JinjaCall call)
    {
        try
        {
            return Host.Invoke(call.Positional[1], call, call.Positional[2..]);
        }
        catch (Exception exception) when (exception is JinjaException or DbtException)
        {
            throw Host.Compilation(Host.Text(call.Positional[0]));
        }
    }

    public static string TypeName(object? value) => value is JinjaObject item ? item.TypeName : Val.TypeName(value);

    private static object? Sorted(object? value) => value switch
    {
        DbtMap map => new DbtMap(map.OrderBy(entry => Val.Str(entry.Key), StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, Sorted(entry.Value)))),
        List<object?> list => list.ConvertAll(Sorted),
        _ => value,
    };
}
