using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>An entry of a properties file, rendered as far as it may be now.</summary>
/// <param name="Key">The list it stands in: <c>models</c>, <c>sources</c>.</param>
/// <param name="Raw">As read.</param>
/// <param name="Data">As rendered; tests and descriptions wait.</param>
internal sealed record PropertiesEntry(string Key, DbtMap Raw, DbtMap Data)
{
    public string Name => Data.Get("name") is { } name ? Val.Str(name) : Val.Str(Data.Get("model"));

    public int Line => Raw.Line;
}

/// <summary>A <c>.yml</c> file of a project with its entries by list.</summary>
internal sealed class PropertiesFile(DbtProject project, SourceFile file, DbtMap content, ITemplateRenderer renderer)
{
    public DbtProject Project => project;

    public SourceFile File => file;

    public string Path => file.OriginalFilePath;

    /// <summary>What stands in the file, as read.</summary>
    public DbtMap Content => content;

    public static PropertiesFile Read(DbtProject project, SourceFile file, ITemplateRenderer renderer, DbtMap? known = null)
    {
        if (known is not null)
        {
            return new PropertiesFile(project, file, known, renderer);
        }

        try
        {
            return new PropertiesFile(project, file, YamlReader.ReadMap(file.Contents, file.OriginalFilePath), renderer);
        }
        catch (DbtException exception)
        {
            throw new DbtException(exception.Code, DbtErrorKind.Parsing, $"Error reading {project.Name}: {file.RelativePath} - {exception.KindName}\n  {exception.Message.Replace("\n", "\n  ", StringComparison.Ordinal)}", exception)
            {
                File = exception.File, Line = exception.Line, Column = exception.Column, Found = exception.Found, Expected = exception.Expected, Hint = exception.Hint,
            };
        }
    }

    /// <summary>The entries of a list.</summary>
    /// <exception cref="DbtException">The list is no list, or an entry has no name.</exception>
    public IEnumerable<PropertiesEntry> Entries(string key)
    {
        if (!content.TryGetValue(key, out var value) || value is null)
        {
            yield break;
        }

        if (value is not List<object?> list)
        {
            throw Invalid($"{key} must be a list, got {Val.TypeName(value)} instead: ({Val.Str(value)})", content.Line, Val.TypeName(value), "a list of mappings");
        }

        foreach (var item in list)
        {
            if (item is not DbtMap raw || raw.Keys.Any(name => name is not string))
            {
                throw Invalid($"Invalid {key} config given in {Path} @ {key}: {Val.Repr(item)} - expected a dict with string keys", (item as DbtMap)?.Line ?? content.Line, Val.Repr(item), "a mapping with texts as keys");
            }

            if (!raw.ContainsKey("name") && !raw.ContainsKey("model"))
            {
                throw Invalid($"The schema file at {Path} is invalid because a list element for '{key}' does not have a name attribute.", raw.Line, string.Join(", ", raw.Keys), "a key 'name'");
            }

            DbtMap data;
            try
            {
                data = (DbtMap)YamlRendering.Render(raw, renderer, Path, path => YamlRenderRules.IsRendered(key, path))!;
            }
            catch (DbtException exception)
            {
                throw new DbtException(exception.Code, DbtErrorKind.Parsing, $"Failed to render {Path} from project {project.Name}: {exception.Message}", exception)
                {
                    File = Path, Line = raw.Line, Found = exception.Found, Expected = exception.Expected, Hint = exception.Hint,
                };
            }

            if (key != "unit_tests" && data.Get("name") is { } entryName and not string)
            {
                throw Invalid($"Invalid {key} config given in {Path} @ {key}: {Val.Repr(data)} - at path ['name']: {Val.Repr(entryName)} is not of type 'string'", raw.Line, Val.Repr(entryName), "a text; put it in quotes");
            }

            yield return new PropertiesEntry(key, raw, data);
        }
    }

    /// <summary>The value of a text of a test, rendered as the rest of the file.</summary>
    public object? RenderText(string text) => renderer.Render(text, Path);

    public DbtException Invalid(string message, int line, string? found, string? expected, string? hint = null) =>
        new("DBT2301", DbtErrorKind.Parsing, message) { File = Path, Line = line == 0 ? null : line, Found = found, Expected = expected, Hint = hint };
}

/// <summary>Which texts of a properties file are rendered when it is read: tests, descriptions and hooks wait.</summary>
internal static class YamlRenderRules
{
    public static bool IsRendered(string key, IReadOnlyList<object> path)
    {
        if (path.Count == 0)
        {
            return true;
        }

        switch (key)
        {
            case "sources":
                if (path[0] is "description" or "loaded_at_query" || (path.Count >= 2 && path[0] is "config" && path[1] is "loaded_at_query"))
                {
                    return false;
                }

                return path[0] is not "tables" || !IsLate(path, 2);
            case "macros":
                return path[0] is "arguments" ? !IsLate(path, 1) : !IsLate(path, 0);
            case "unit_tests":
                return true;
            case "metrics":
                return path[^1] is not "filter" && !(path.Count > 1 && path[^2] is "filter") && !IsLate(path, 0);
            case "saved_queries":
                return !(path[0] is "query_params" && path.Count > 1 && path[1] is "where") && !IsLate(path, 0);
            default:
                // Filters of metrics are templates of the semantic layer.
                return !(path[^1] is "filter" && path.Contains("metrics")) && !IsLate(path, 0);
        }
    }

    private static bool IsLate(IReadOnlyList<object> path, int from)
    {
        var count = path.Count - from;
        object At(int i) => path[from + i];
        static bool IsLateName(object name) => name is "tests" or "data_tests" or "description" or "loaded_at_query";
        return (count >= 1 && IsLateName(At(0)))
            || (count == 2 && IsLateName(At(1)))
            || (count >= 2 && At(0) is "config" && (At(1) is "pre_hook" or "post_hook" or "loaded_at_query"))
            || (count == 5 && At(4) is "description")
            || (count >= 3 && (At(0) is "columns" or "dimensions" or "measures" or "entities") && (At(2) is "tests" or "data_tests" or "description"));
    }
}
