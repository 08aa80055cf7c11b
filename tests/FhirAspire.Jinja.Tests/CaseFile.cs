using System.Globalization;
using System.Numerics;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace FhirAspire.Jinja.Tests;

/// <summary>One case of a case file.</summary>
internal sealed record Case(string File, string Environment, string Id, YamlMappingNode Node)
{
    public string? Text(string key) => (Find(key) as YamlScalarNode)?.Value;

    public YamlNode? Find(string key) => CaseFile.Find(Node, key);
}

/// <summary>Reads case files into the value model; see the README of the conformance pack for the format.</summary>
internal static class CaseFile
{
    public static IEnumerable<Case> Read(string folder)
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*.yml").Order(StringComparer.Ordinal))
        {
            var stream = new YamlStream();
            using (var reader = new StreamReader(path))
            {
                stream.Load(reader);
            }

            var root = (YamlMappingNode)stream.Documents[0].RootNode;
            var environment = ((YamlScalarNode)Find(root, "environment")!).Value!;
            foreach (var node in ((YamlSequenceNode)Find(root, "cases")!).Cast<YamlMappingNode>())
            {
                yield return new Case(Path.GetFileNameWithoutExtension(path), environment, ((YamlScalarNode)Find(node, "id")!).Value!, node);
            }
        }
    }

    public static YamlNode? Find(YamlMappingNode node, string key) =>
        node.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode scalar && scalar.Value == key).Value;

    public static object? Value(YamlNode node)
    {
        switch (node)
        {
            case YamlScalarNode scalar:
                return scalar.Style == ScalarStyle.Plain ? Plain(scalar.Value!) : scalar.Value;
            case YamlSequenceNode sequence:
                return new JinjaList(sequence.Select(Value));
            case YamlMappingNode mapping:
                if (mapping.Children.Count == 1 && mapping.Children.First() is { Key: YamlScalarNode { Value: ['$', ..] } tag } only)
                {
                    return Tagged(tag.Value!, only.Value);
                }

                return new JinjaDict(mapping.Select(pair => new KeyValuePair<string, object?>(((YamlScalarNode)pair.Key).Value!, Value(pair.Value))));
            default:
                throw new InvalidOperationException(node.ToString());
        }
    }

    private static object? Plain(string text) => text switch
    {
        "null" => null,
        "true" => true,
        "false" => false,
        _ when text.AsSpan().IndexOfAny('.', 'e', 'E') >= 0 => double.Parse(text, CultureInfo.InvariantCulture),
        _ => JinjaValue.From(BigInteger.Parse(text, CultureInfo.InvariantCulture)),
    };

    private static object? Tagged(string tag, YamlNode node)
    {
        var text = (node as YamlScalarNode)?.Value ?? string.Empty;
        switch (tag)
        {
            case "$tuple":
                return new JinjaTuple([.. ((YamlSequenceNode)node).Select(Value)]);
            case "$set":
                return new JinjaSet(((YamlSequenceNode)node).Select(Value));
            case "$dict":
                {
                    var dict = new JinjaDict();
                    foreach (var pair in ((YamlSequenceNode)node).Cast<YamlSequenceNode>())
                    {
                        dict.Set(Value(pair[0]), Value(pair[1]));
                    }

                    return dict;
                }

            case "$int":
                return JinjaValue.From(BigInteger.Parse(text, CultureInfo.InvariantCulture));
            case "$float":
                return text switch { "inf" => double.PositiveInfinity, "-inf" => double.NegativeInfinity, "nan" => double.NaN, _ => double.Parse(text, CultureInfo.InvariantCulture) };
            case "$decimal":
                return JinjaDecimal.TryParse(text, out var number) ? number : throw new FormatException(text);
            case "$date":
                return JinjaValue.From(DateOnly.Parse(text, CultureInfo.InvariantCulture));
            case "$datetime":
                return text.Length > 19 && text.AsSpan(19).IndexOfAny('+', '-', 'Z') >= 0
                    ? JinjaValue.From(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture))
                    : JinjaValue.From(DateTime.Parse(text, CultureInfo.InvariantCulture));
            case "$object":
                return new Record((JinjaDict)Value(node)!);
            default:
                throw new FormatException(tag);
        }
    }

    /// <summary>An object with attributes and without items.</summary>
    private sealed class Record(JinjaDict attributes) : JinjaObject
    {
        public override string TypeName => "Record";

        public override bool TryGetAttribute(string name, out object? value) => attributes.TryGetValue(name, out value);

        public override string Repr() => "<record>";
    }
}
