using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>The keys that an entry of a unit test has, and of what kind their values are. dbt refuses the file that says anything else.</summary>
internal static class UnitTestShape
{
    private static readonly string[] Keys = ["name", "model", "given", "expect", "description", "overrides", "config", "versions"];
    private static readonly string[] InputKeys = ["input", "rows", "format", "fixture"];
    private static readonly string[] ExpectKeys = ["rows", "format", "fixture"];
    private static readonly string[] OverrideKeys = ["macros", "vars", "env_vars"];
    private static readonly string[] VersionKeys = ["include", "exclude"];
    private static readonly string[] Formats = ["csv", "dict", "sql"];

    /// <exception cref="DbtException">The entry has another shape.</exception>
    public static void Check(PropertiesEntry entry, PropertiesFile file)
    {
        var data = entry.Data;
        var fault = Fixtures(data)
            ?? Of("description", data.ContainsKey("description") ? data.Get("description") : string.Empty, value => value is string, "is not of type 'string'", "a text")
            ?? Overrides(data.Get("overrides"))
            ?? Of("config", data.ContainsKey("config") ? data.Get("config") : new DbtMap(), value => value is DbtMap, "is not of type 'object'", "a mapping")
            ?? Versions(data.Get("versions"))
            ?? Unknown(data, Keys, string.Empty)
            ?? Keys[..4].Where(key => !data.ContainsKey(key)).Select(key => Missing(key, string.Empty)).FirstOrDefault();
        if (fault is not null)
        {
            throw file.Invalid($"Invalid unit_tests config given in {file.Path} @ unit_tests: {Val.Repr(data)} - at path {fault.Path}: {fault.Text}", fault.Line > 0 ? fault.Line : entry.Line, fault.Found, fault.Expected, fault.Hint);
        }
    }

    private static Fault? Fixtures(DbtMap data)
    {
        foreach (var key in Keys[..2].Where(data.ContainsKey))
        {
            if (Of(key, data.Get(key), value => value is string, "is not of type 'string'", "a text") is { } fault)
            {
                return fault;
            }
        }

        if (data.ContainsKey("given"))
        {
            if (data.Get("given") is not List<object?> given)
            {
                return Of("given", data.Get("given"), _ => false, "is not of type 'array'", "a list of inputs");
            }

            for (var i = 0; i < given.Count; i++)
            {
                if (Fixture(given[i], $"['given'][{i}]", InputKeys) is { } fault)
                {
                    return fault;
                }
            }
        }

        return data.ContainsKey("expect") ? Fixture(data.Get("expect"), "['expect']", ExpectKeys) : null;
    }

    private static Fault? Fixture(object? value, string path, string[] keys)
    {
        if (value is not DbtMap map)
        {
            return new Fault(path, $"{Val.Repr(value)} is not of type 'object'", Val.Repr(value), "a mapping with 'rows'");
        }

        if (map.ContainsKey("input") && keys.Contains("input") && map.Get("input") is not string)
        {
            return new Fault($"{path}['input']", $"{Val.Repr(map.Get("input"))} is not of type 'string'", Val.Repr(map.Get("input")), "ref('model'), source('source', 'table') or this", Line: map.Line);
        }

        if (map.Get("rows") is not (null or string) and var rows && !(rows is List<object?> list && list.TrueForAll(row => row is DbtMap)))
        {
            return new Fault($"{path}['rows']", $"{Val.Repr(rows)} is not valid under any of the given schemas", Val.TypeName(rows), "a list of mappings, or a text", Line: map.Line);
        }

        if (map.ContainsKey("format") && !Formats.Contains(map.Get("format")))
        {
            return new Fault($"{path}['format']", $"{Val.Repr(map.Get("format"))} is not one of ['csv', 'dict', 'sql']", Val.Repr(map.Get("format")), "dict, csv or sql", Line: map.Line);
        }

        if (map.Get("fixture") is not (null or string) and var fixture)
        {
            return new Fault($"{path}['fixture']", $"{Val.Repr(fixture)} is not valid under any of the given schemas", Val.Repr(fixture), "the name of a fixture", Line: map.Line);
        }

        return Unknown(map, keys, path) ?? (keys.Contains("input") && !map.ContainsKey("input") ? Missing("input", path) with { Line = map.Line } : null);
    }

    private static Fault? Overrides(object? value) =>
        value is null || (value is DbtMap map && map.All(item => item.Value is DbtMap) && Unknown(map, OverrideKeys, string.Empty) is null)
            ? null
            : new Fault("['overrides']", $"{Val.Repr(value)} is not valid under any of the given schemas", Val.Repr(value), "mappings 'macros', 'vars' and 'env_vars'", (value as DbtMap)?.Keys.Where(key => !OverrideKeys.Contains(key)).Select(key => Text.DidYouMean(Val.Str(key), OverrideKeys)).FirstOrDefault());

    private static Fault? Versions(object? value) =>
        value is null || (value is DbtMap map && map.All(item => item.Value is null || (item.Value is List<object?> list && list.TrueForAll(version => version is not (null or DbtMap or List<object?> or bool)))) && Unknown(map, VersionKeys, string.Empty) is null)
            ? null
            : new Fault("['versions']", $"{Val.Repr(value)} is not valid under any of the given schemas", Val.Repr(value), "lists 'include' or 'exclude'");

    private static Fault? Of(string key, object? value, Func<object?, bool> fits, string text, string expected) => fits(value) ? null : new Fault($"['{key}']", $"{Val.Repr(value)} {text}", Val.Repr(value), expected);

    private static Fault? Unknown(DbtMap map, string[] known, string path)
    {
        var unknown = map.Keys.Where(key => !known.Contains(key)).ToList();
        return unknown.Count == 0 ? null : new Fault(
            path.Length == 0 ? "[]" : path,
            $"Additional properties are not allowed ({string.Join(", ", unknown.Select(Val.Repr))} {(unknown.Count == 1 ? "was" : "were")} unexpected)",
            string.Join(", ", unknown.Select(Val.Repr)),
            $"only {string.Join(", ", known)}",
            Text.DidYouMean(Val.Str(unknown[0]), known),
            map.Line);
    }

    private static Fault Missing(string key, string path) => new(path.Length == 0 ? "[]" : path, $"'{key}' is a required property", $"no '{key}'", $"a key '{key}'");

    private sealed record Fault(string Path, string Text, string Found, string Expected, string? Hint = null, int Line = 0);
}
