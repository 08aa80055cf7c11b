using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>Renders every text of a tree of YAML values, except where a rule says later.</summary>
internal static class YamlRendering
{
    /// <summary>A rendered copy.</summary>
    /// <param name="value">The tree.</param>
    /// <param name="renderer">Renders a text.</param>
    /// <param name="file">Where the tree comes from.</param>
    /// <param name="isRendered">Whether the value behind a path of keys and indices is rendered now.</param>
    public static object? Render(object? value, ITemplateRenderer renderer, string file, Func<IReadOnlyList<object>, bool> isRendered) =>
        Visit(value, [], renderer, file, isRendered);

    private static object? Visit(object? value, List<object> path, ITemplateRenderer renderer, string file, Func<IReadOnlyList<object>, bool> isRendered)
    {
        if (path.Count > 150)
        {
            throw new DbtException("DBT1103", DbtErrorKind.Parsing, $"Cycle detected: {file} has a reference to itself") { File = file, Hint = "an anchor must not contain its own alias" };
        }

        switch (value)
        {
            case DbtMap map:
                var copy = new DbtMap { Line = map.Line };
                foreach (var (key, item) in map)
                {
                    path.Add(key);
                    copy[key] = Visit(item, path, renderer, file, isRendered);
                    path.RemoveAt(path.Count - 1);
                }

                return copy;
            case List<object?> list:
                var items = new List<object?>(list.Count);
                for (var i = 0; i < list.Count; i++)
                {
                    path.Add((long)i);
                    items.Add(Visit(list[i], path, renderer, file, isRendered));
                    path.RemoveAt(path.Count - 1);
                }

                return items;
            case string text:
                return text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal) || text.Contains("{#", StringComparison.Ordinal)
                    ? isRendered(path) ? renderer.Render(text, file) : text
                    // A text without tags is a template as well, and templates lose the line end at their end.
                    : text.EndsWith('\n') && isRendered(path) ? text[..^1] : text;
            case DateOnly or DateTime or DateTimeOffset when isRendered(path):
                return value switch
                {
                    DateOnly date => Val.Str(date),
                    _ => Val.Str(value).Replace(' ', 'T'),
                };
            default:
                return value;
        }
    }
}
