using System.Text;
using System.Text.RegularExpressions;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>A generic test as a properties file asks for it: name, arguments, configuration, and the names that follow from them.</summary>
internal sealed partial class TestDefinition
{
    private static readonly string[] ConfigKeys = ["severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc", "store_failures", "store_failures_as", "meta", "database", "schema", "alias"];

    public required string Name { get; init; }

    public string? Namespace { get; init; }

    /// <summary>The arguments of the test's macro, <c>model</c> included.</summary>
    public required DbtMap Arguments { get; init; }

    public required DbtMap Config { get; init; }

    public string Description { get; init; } = string.Empty;

    /// <summary>The name of its file: shortened where the full one is too long.</summary>
    public required string ShortName { get; init; }

    public required string FullName { get; init; }

    public string MacroCall => Namespace is null ? $"test_{Name}" : $"{Namespace}.test_{Name}";

    public string RawCode => $"{{{{ {MacroCall}(**_dbt_generic_test_kwargs) }}}}{ConfigText()}";

    /// <summary>Ten digits that keep tests of one name apart.</summary>
    public string Hash
    {
        get
        {
            var metadata = new DbtMap { ["namespace"] = Namespace, ["name"] = Name, ["kwargs"] = Arguments };
            return Text.Md5(FullName + Val.Repr(Hashable(metadata)))[^10..];
        }
    }

    /// <param name="definition">The entry of the list: a name, or a mapping.</param>
    /// <param name="targetName">The model, or source and table, that it is about.</param>
    /// <param name="modelArgument">The template that becomes the macro's <c>model</c>.</param>
    /// <param name="isSource">Whether it is about a source.</param>
    /// <param name="column">The column, quoted as it has to be.</param>
    /// <param name="file">Where it stands.</param>
    /// <param name="line">The line of the entry that it belongs to.</param>
    /// <param name="render">Renders texts of its configuration.</param>
    public static TestDefinition Read(object? definition, string targetName, string modelArgument, bool isSource, string? column, PropertiesFile file, int line, Func<string, object?> render)
    {
        if (definition is string only)
        {
            definition = new DbtMap { [only] = new DbtMap() };
        }

        if (definition is not DbtMap map)
        {
            throw Invalid(file, line, $"test must be dict or str, got {Val.TypeName(definition)} (value {Val.Repr(definition)})", Val.Repr(definition), "a name, or a mapping with a name");
        }

        object? rawName;
        DbtMap arguments;
        if (map.ContainsKey("test_name"))
        {
            arguments = map.DeepCopy();
            rawName = arguments.Get("test_name");
            arguments.Remove("test_name");
        }
        else
        {
            if (map.Count != 1)
            {
                throw Invalid(file, map.Line == 0 ? line : map.Line, $"test definition dictionary must have exactly one key, got {Val.Repr(map.Select(entry => (object?)new List<object?> { entry.Key, entry.Value }).ToList())} instead ({map.Count} keys)",
                    string.Join(", ", map.Keys), "one key, the test's name; indent its arguments further");
            }

            var (key, value) = map.First();
            rawName = key;
            arguments = value switch
            {
                null => [],
                DbtMap inner => inner.DeepCopy(),
                _ => throw Invalid(file, map.Line, $"test arguments must be a dict, got {Val.TypeName(value)} (value {Val.Repr(value)})", Val.Repr(value), "a mapping of arguments"),
            };
        }

        if (rawName is not string testName)
        {
            throw Invalid(file, line, $"test name must be a str, got {Val.TypeName(rawName)} (value {Val.Repr(rawName)})", Val.Repr(rawName), "a text");
        }

        if (column is not null)
        {
            arguments["column_name"] = column;
        }

        if (arguments.TryGetValue("arguments", out var nested))
        {
            arguments.Remove("arguments");
            if (nested is DbtMap own)
            {
                arguments.Update(own);
            }
        }

        if (arguments.ContainsKey("model"))
        {
            throw Invalid(file, line, "Test arguments include \"model\", which is a reserved argument", "model", "another name");
        }

        arguments["model"] = modelArgument;
        var match = NamePattern().Match(testName);
        if (!match.Success)
        {
            throw Invalid(file, line, $"Test name string did not match expected pattern: {testName}", testName, "name, or package.name");
        }

        var name = match.Groups["name"].Value;
        var macroNamespace = match.Groups["namespace"].Success ? match.Groups["namespace"].Value : null;
        var config = ReadConfig(arguments, file, line, render);
        var description = TakeText(arguments, "description") ?? string.Empty;
        string full;
        string brief;
        if (TakeText(arguments, "name") is { } given)
        {
            full = brief = given;
        }
        else
        {
            (brief, full) = Synthesize($"{(macroNamespace is null ? string.Empty : macroNamespace + "_")}{(isSource ? "source_" : string.Empty)}{name}", targetName, arguments);
            if (brief != full && !config.ContainsKey("alias"))
            {
                config["alias"] = brief;
            }
        }

        return new TestDefinition { Name = name, Namespace = macroNamespace, Arguments = arguments, Config = config, Description = description, ShortName = brief, FullName = full };
    }

    private static DbtMap ReadConfig(DbtMap arguments, PropertiesFile file, int line, Func<string, object?> render)
    {
        var nested = arguments.Get("config") switch
        {
            DbtMap map => map.DeepCopy(),
            null => [],
            var other => throw Invalid(file, line, $"'config' of a test must be a mapping, got {Val.TypeName(other)}", Val.Repr(other), "a mapping"),
        };
        arguments.Remove("config");
        var config = new DbtMap();
        foreach (var key in ConfigKeys)
        {
            arguments.TryGetValue(key, out var value);
            arguments.Remove(key);
            if (Val.IsTruthy(value) && nested.ContainsKey(key))
            {
                throw Invalid(file, line, "Test cannot have the same key at the top-level and in config", key, "the key in one place");
            }

            if (!Val.IsTruthy(value) && nested.TryGetValue(key, out var inner))
            {
                value = inner;
                nested.Remove(key);
            }

            Set(config, key, value, render);
        }

        foreach (var (key, value) in nested)
        {
            Set(config, Val.Str(key), value, render);
        }

        return config;
    }

    private static void Set(DbtMap config, string key, object? value, Func<string, object?> render)
    {
        value = value is string text ? render(text) : value;
        if (value is not null)
        {
            config[key] = value;
        }
    }

    private static string? TakeText(DbtMap arguments, string key)
    {
        if (!arguments.TryGetValue(key, out var value))
        {
            return null;
        }

        arguments.Remove(key);
        return value is null ? null : Val.Str(value);
    }

    private static (string Brief, string Full) Synthesize(string type, string target, DbtMap arguments)
    {
        var flat = new List<string>();
        foreach (var key in arguments.Keys.Select(Val.Str).Where(key => key != "model").Order(StringComparer.Ordinal))
        {
            switch (arguments.Get(key))
            {
                case DbtMap map:
                    flat.AddRange(map.Select(entry => Val.Str(entry.Value)));
                    break;
                case List<object?> list:
                    flat.AddRange(list.Select(Val.Str));
                    break;
                case var value:
                    flat.Add(Val.Str(value));
                    break;
            }
        }

        var identifier = $"{type}_{target}";
        var full = $"{identifier}_{string.Join("__", flat.Select(part => OtherPattern().Replace(part, "_")))}";
        return full.Length >= 64 ? ($"{identifier[..Math.Min(30, identifier.Length)]}_{Text.Md5(full)}", full) : (full, full);
    }

    private static object? Hashable(object? value) => value switch
    {
        DbtMap map => new DbtMap(map.OrderBy(entry => Val.Str(entry.Key), StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, Hashable(entry.Value)))),
        List<object?> list => list.ConvertAll(Hashable),
        _ => Val.Str(value),
    };

    private string ConfigText()
    {
        if (Config.Count == 0)
        {
            return string.Empty;
        }

        var parts = new StringBuilder();
        foreach (var (key, value) in Config)
        {
            parts.Append(parts.Length == 0 ? string.Empty : ",").Append(Val.Str(key)).Append('=');
            parts.Append(value is string text ? $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : Val.Repr(value));
        }

        return $"{{{{ config({parts}) }}}}";
    }

    private static DbtException Invalid(PropertiesFile file, int line, string message, string? found, string expected) =>
        new("DBT2304", DbtErrorKind.Parsing, $"Invalid test config given in {file.Path}:\n\t{message}") { File = file.Path, Line = line == 0 ? null : line, Found = found, Expected = expected };

    [GeneratedRegex(@"\A(?:(?<namespace>[A-Za-z_][0-9A-Za-z_]*)\.)?(?<name>[A-Za-z_][0-9A-Za-z_]*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();

    [GeneratedRegex("[^0-9a-zA-Z_]+", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex OtherPattern();
}
