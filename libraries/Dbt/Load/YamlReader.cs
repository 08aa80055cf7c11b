using FhirAspire.Dbt.Values;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace FhirAspire.Dbt.Load;

/// <summary>Reads YAML as dbt does: YAML 1.1 scalars, merge keys, the last of equal keys.</summary>
internal static class YamlReader
{
    private const int MaxDepth = 200;
    private const int MaxNodes = 5_000_000;

    /// <summary>The value of a document, or null when it is empty.</summary>
    /// <exception cref="DbtException">The text is no YAML.</exception>
    public static object? Read(string text, string file) => new Document(text, file).Read();

    /// <summary>The mapping of a file; an empty one when the file is empty.</summary>
    public static DbtMap ReadMap(string text, string file) => Read(text, file) switch
    {
        null => [],
        DbtMap map => map,
        var other => throw new DbtException("DBT1102", DbtErrorKind.Parsing, $"Contents of file '{file}' are not valid. Dictionary expected.")
        {
            File = file, Line = 1, Found = Val.TypeName(other), Expected = "a mapping of keys and values",
        },
    };

    private sealed class Document(string text, string file)
    {
        private readonly Dictionary<AnchorName, object?> anchors = [];
        private readonly Parser parser = new(new StringReader(text));
        private int depth;
        private int nodes;

        public object? Read()
        {
            try
            {
                parser.Consume<StreamStart>();
                if (parser.Accept<StreamEnd>(out _))
                {
                    return null;
                }

                parser.Consume<DocumentStart>();
                var value = Node();
                parser.Consume<DocumentEnd>();
                if (!parser.Accept<StreamEnd>(out var end))
                {
                    throw Error(parser.Current!.Start, "expected a single document in the stream, but found another document", "remove the second '---'");
                }

                return value;
            }
            catch (YamlException exception)
            {
                throw Error(exception.Start, exception.InnerException?.Message ?? exception.Message, Hint(exception));
            }
        }

        private object? Node()
        {
            if (++nodes > MaxNodes || depth > MaxDepth)
            {
                throw Error(parser.Current!.Start, "the document is too large or too deep", $"at most {MaxDepth} levels and {MaxNodes} values");
            }

            if (parser.TryConsume<AnchorAlias>(out var alias))
            {
                return anchors.TryGetValue(alias.Value, out var shared) ? shared : throw Error(alias.Start, $"found undefined alias '{alias.Value}'", null);
            }

            if (parser.TryConsume<Scalar>(out var scalar))
            {
                return Remember(scalar.Anchor, YamlScalars.Resolve(scalar));
            }

            depth++;
            var value = parser.Accept<SequenceStart>(out _) ? Sequence() : Mapping();
            depth--;
            return value;
        }

        private object Sequence()
        {
            var start = parser.Consume<SequenceStart>();
            var list = new List<object?>();
            Remember(start.Anchor, list);
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                list.Add(Node());
            }

            return list;
        }

        private object Mapping()
        {
            var start = parser.Consume<MappingStart>();
            var map = new DbtMap { Line = (int)start.Start.Line };
            Remember(start.Anchor, map);
            List<DbtMap>? merged = null;
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                var at = parser.Current!.Start;
                var isMerge = parser.Accept<Scalar>(out var keyScalar) && keyScalar is { Value: "<<", Style: ScalarStyle.Plain };
                var key = Node();
                if (isMerge)
                {
                    merged ??= [];
                    AddMerged(merged, Node(), at);
                    continue;
                }

                if (key is DbtMap or List<object?>)
                {
                    throw Error(at, "found unhashable key", "put a value that begins with '{{' in quotes");
                }

                map[key ?? NullKey.Instance] = Node();
            }

            if (merged is null)
            {
                return map;
            }

            // Keys of merged maps come first, own keys win.
            var own = new List<KeyValuePair<object, object?>>(map);
            map.Clear();
            for (var i = merged.Count - 1; i >= 0; i--)
            {
                map.Update(merged[i]);
            }

            foreach (var (key, value) in own)
            {
                map[key] = value;
            }

            return map;
        }

        private void AddMerged(List<DbtMap> merged, object? value, Mark at)
        {
            switch (value)
            {
                case DbtMap map:
                    merged.Add(map);
                    break;
                case List<object?> list when list.TrueForAll(item => item is DbtMap):
                    merged.AddRange(list.Cast<DbtMap>());
                    break;
                default:
                    throw Error(at, $"expected a mapping or list of mappings for merging, but found {Val.TypeName(value)}", null);
            }
        }

        private object? Remember(AnchorName anchor, object? value)
        {
            if (!anchor.IsEmpty)
            {
                anchors[anchor] = value;
            }

            return value;
        }

        private DbtException Error(Mark mark, string message, string? hint)
        {
            var line = (int)mark.Line;
            var lines = text.Split('\n');
            var from = Math.Max(1, line - 3);
            var to = Math.Min(lines.Length, line + 3);
            var excerpt = string.Join('\n', Enumerable.Range(from, Math.Max(0, to - from + 1)).Select(n => $"{n,-3}| {lines[n - 1].TrimEnd('\r')}"));
            const string rule = "------------------------------";
            return new DbtException("DBT1101", DbtErrorKind.Runtime, $"Syntax error near line {line}\n{rule}\n{excerpt}\n\nRaw Error:\n{rule}\n{message}\n  in \"{file}\", line {line}, column {mark.Column}")
            {
                File = file, Line = line, Column = (int)mark.Column, Hint = hint,
            };
        }

        private static string? Hint(YamlException exception) =>
            exception.Message.Contains("tab", StringComparison.OrdinalIgnoreCase) ? "indent with blanks, not with tabs" : "check the indentation of this line and of the one above";
    }

    /// <summary>Stands for a null key, which a dictionary cannot hold.</summary>
    public sealed class NullKey
    {
        public static readonly NullKey Instance = new();

        public override string ToString() => "None";
    }
}
