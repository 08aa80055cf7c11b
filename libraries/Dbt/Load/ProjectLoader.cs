using System.Text.RegularExpressions;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>Reads and checks <c>dbt_project.yml</c>.</summary>
internal static partial class ProjectLoader
{
    public const string FileName = "dbt_project.yml";

    private static readonly string[] KnownKeys =
    [
        "name", "version", "config-version", "profile", "project-root", "source-paths", "model-paths", "macro-paths", "data-paths", "seed-paths", "test-paths", "analysis-paths", "docs-paths",
        "asset-paths", "function-paths", "target-path", "snapshot-paths", "clean-targets", "log-path", "packages-install-path", "quoting", "on-run-start", "on-run-end", "require-dbt-version",
        "dispatch", "models", "seeds", "snapshots", "analyses", "sources", "tests", "data_tests", "metrics", "semantic-models", "saved-queries", "exposures", "unit_tests", "functions",
        "vars", "packages", "query-comment", "restrict-access", "dbt-cloud", "flags", "selectors",
    ];

    private static readonly string[] Trees = ["models", "seeds", "snapshots", "sources", "tests", "data_tests", "exposures", "unit_tests", "quoting", "vars", "flags"];
    private static readonly HashSet<string> LateHooks = new(StringComparer.Ordinal) { "pre-hook", "post-hook", "pre_hook", "post_hook" };
    private static readonly HashSet<string> LateTrees = new(StringComparer.Ordinal) { "seeds", "models", "snapshots", "tests", "data_tests" };

    /// <summary>The file as read, for what is needed before templates can be rendered.</summary>
    public static DbtMap ReadRaw(string root)
    {
        var path = Path.Combine(root, FileName);
        if (!File.Exists(path))
        {
            throw new DbtException("DBT1001", DbtErrorKind.Runtime, $"No {FileName} found at expected path {FileName}\nVerify that each entry within packages.yml (and their transitive dependencies) contains a file named {FileName}")
            {
                File = FileName, Found = root, Expected = $"a folder with {FileName}", Hint = "give the project's folder with --project-dir",
            };
        }

        DbtMap map;
        try
        {
            map = YamlReader.ReadMap(File.ReadAllText(path), FileName);
        }
        catch (DbtException exception) when (exception.Code is "DBT1101" or "DBT1102")
        {
            throw Invalid(exception.Message, exception.Line, exception.Found, exception.Expected, exception.Hint);
        }

        return map;
    }

    /// <summary>Renders and checks what <see cref="ReadRaw"/> read.</summary>
    public static DbtProject Load(string root, DbtMap raw, ITemplateRenderer renderer)
    {
        var rendered = (DbtMap)YamlRendering.Render(raw, renderer, FileName, IsRendered)!;
        foreach (var (key, line) in new[] { ("source-paths", "model-paths"), ("data-paths", "seed-paths") })
        {
            if (rendered.ContainsKey(key) && rendered.ContainsKey(line))
            {
                throw Invalid($"cannot have both '{key}' and '{line}'", raw.Line, $"'{key}' and '{line}'", $"'{line}' alone", null);
            }
        }

        var name = rendered.Get("name");
        if (name is not string text)
        {
            throw Invalid(name is null ? "'name' is a required property" : $"at path ['name']: {Val.Repr(name)} is not of type 'string'", raw.Line, name is null ? null : Val.Repr(name), "a name", null);
        }

        if (!NamePattern().IsMatch(text))
        {
            throw Invalid($"at path ['name']: '{text}' does not match '^[^\\\\d\\\\W]\\\\w*$'", raw.Line, text, "letters, digits and underscores, not beginning with a digit", $"name: {Regex.Replace(text, @"\W", "_", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))}");
        }

        foreach (var tree in Trees)
        {
            if (rendered.Get(tree) is { } value and not DbtMap)
            {
                throw Invalid($"at path ['{tree}']: {Val.Repr(value)} is not of type 'object'", raw.Line, Val.Repr(value), "a mapping", null);
            }
        }

        foreach (var (key, value) in rendered)
        {
            if (key is string list && list.EndsWith("-paths", StringComparison.Ordinal) && KnownKeys.Contains(list, StringComparer.Ordinal) && value is not (null or List<object?>))
            {
                throw Invalid($"at path ['{list}']: {Val.Repr(value)} is not valid under any of the given schemas", raw.Line, Val.Repr(value), "a list of folders", null);
            }
        }

        foreach (var key in rendered.Keys)
        {
            if (key is string known && !KnownKeys.Contains(known, StringComparer.Ordinal))
            {
                throw Invalid($"at path []: Additional properties are not allowed ('{known}' was unexpected)", raw.Line, known, "a key of dbt_project.yml", Text.DidYouMean(known, KnownKeys));
            }
        }

        return new DbtProject { Name = text, Root = root, Rendered = rendered, Unrendered = raw };
    }

    private static bool IsRendered(IReadOnlyList<object> path)
    {
        if (path.Count == 0)
        {
            return true;
        }

        if (path[0] is "on-run-start" or "on-run-end" or "query-comment" or "vars")
        {
            return false;
        }

        return path[0] is not string tree || !LateTrees.Contains(tree) || !path.Any(key => key is string name && LateHooks.Contains(name.TrimStart('+', ' ')));
    }

    private static DbtException Invalid(string message, int? line, string? found, string? expected, string? hint) =>
        new("DBT1002", DbtErrorKind.Runtime, $"{message}\n\nError encountered in {FileName}") { File = FileName, Line = line, Found = found, Expected = expected, Hint = hint };

    [GeneratedRegex(@"\A[^\d\W]\w*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NamePattern();
}
