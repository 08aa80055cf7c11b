using System.Globalization;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using FhirAspire.Jinja;

namespace FhirAspire.Benchmarks;

/// <summary>
/// Parsing, compiling and rendering of the five templates of <c>../shared/jinja-conformance/bench</c>; without that folder, of two small templates of our own.
/// Jinja2's figures for the five stand in the README beside them.
/// </summary>
[MemoryDiagnoser]
public class JinjaBenchmarks
{
    private JinjaEnvironment _environment = null!;
    private string _source = null!;
    private Template _template = null!;
    private IReadOnlyDictionary<string, object?> _variables = null!;

    [ParamsSource(nameof(Names))]
    public string Name { get; set; } = string.Empty;

    public static IEnumerable<string> Names => Folder is { } folder
        ? Directory.EnumerateFiles(folder, "*.jinja").Select(path => Path.GetFileNameWithoutExtension(path)!).Order(StringComparer.Ordinal)
        : Own.Keys;

    private static Dictionary<string, string> Own { get; } = new(StringComparer.Ordinal)
    {
        ["own-loop"] = "{% for i in range(10000) %}{{ loop.index }}:{{ i * i }}{{ ',' if not loop.last }}{% endfor %}",
        ["own-macros"] = "{% macro fib(n) %}{% if n < 2 %}{{ n }}{% else %}{{ (fib(n - 1) | int) + (fib(n - 2) | int) }}{% endif %}{% endmacro %}{{ fib(15) }}",
    };

    private static string? Folder
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "FhirAspire.sln")))
                {
                    var bench = Path.Combine(folder.FullName, "..", "shared", "jinja-conformance", "bench");
                    return Directory.Exists(bench) ? bench : null;
                }
            }

            return null;
        }
    }

    [GlobalSetup]
    public void Setup()
    {
        var stripped = Name.StartsWith("5-", StringComparison.Ordinal);
        _environment = new JinjaEnvironment(new JinjaOptions { TrimBlocks = stripped, LstripBlocks = stripped });
        _source = Folder is { } folder ? File.ReadAllText(Path.Combine(folder, Name + ".jinja")) : Own[Name];
        _variables = Folder is { } shared ? (JinjaDict)Read(JsonDocument.Parse(File.ReadAllText(Path.Combine(shared, Name + ".json"))).RootElement)! : new JinjaDict();
        _template = _environment.Compile(_source, Name);
        if (Folder is { } expected && _template.Render(_variables) != File.ReadAllText(Path.Combine(expected, Name + ".expected")))
        {
            throw new InvalidOperationException($"{Name}: the output differs from the reference");
        }
    }

    [Benchmark]
    public object Parse() => _environment.Parse(_source, Name);

    [Benchmark]
    public object Compile() => _environment.Compile(_source, Name);

    [Benchmark]
    public string Render() => _template.Render(_variables);

    private static object? Read(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => new JinjaDict(element.EnumerateObject().Select(property => new KeyValuePair<string, object?>(property.Name, Read(property.Value)))),
        JsonValueKind.Array => new JinjaList(element.EnumerateArray().Select(Read)),
        JsonValueKind.String => element.GetString(),
        JsonValueKind.Number => element.TryGetInt64(out var number) ? (object)number : double.Parse(element.GetRawText(), CultureInfo.InvariantCulture),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };
}
