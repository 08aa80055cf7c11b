using System.Globalization;
using System.Text.RegularExpressions;

namespace FhirAspire.Dbt.Graph;

/// <summary>Which tests of selected nodes are selected as well.</summary>
internal enum IndirectSelection
{
    Eager,
    Cautious,
    Buildable,
    Empty,
}

/// <summary>What to select: a criterion, or a set operation over others.</summary>
internal abstract record SelectionSpec
{
    public IndirectSelection Indirect { get; init; } = IndirectSelection.Eager;

    /// <summary>How it was written, for warnings; null when nothing need be found.</summary>
    public string? MustExist { get; init; }
}

internal sealed record SelectionUnion(IReadOnlyList<SelectionSpec> Parts) : SelectionSpec;

internal sealed record SelectionIntersection(IReadOnlyList<SelectionSpec> Parts) : SelectionSpec;

internal sealed record SelectionDifference(SelectionSpec Include, SelectionSpec Exclude) : SelectionSpec;

/// <summary>One criterion: <c>[@][n+][method:]value[+n]</c>.</summary>
internal sealed partial record SelectionCriterion(string Method, IReadOnlyList<string> Arguments, object? Value) : SelectionSpec
{
    public static readonly IReadOnlyList<string> Methods =
    [
        "fqn", "tag", "group", "access", "source", "path", "file", "package", "config", "test_name", "test_type", "resource_type", "state",
        "exposure", "metric", "result", "source_status", "version", "semantic_model", "saved_query", "unit_test",
    ];

    public bool ChildrensParents { get; init; }

    public bool Parents { get; init; }

    public int? ParentsDepth { get; init; }

    public bool Children { get; init; }

    public int? ChildrenDepth { get; init; }

    public string Raw { get; init; } = string.Empty;

    /// <summary>Reads one criterion of a command line.</summary>
    /// <exception cref="DbtException">The method is unknown, or operators contradict each other.</exception>
    public static SelectionCriterion Parse(string raw, IndirectSelection indirect)
    {
        var match = Pattern().Match(raw);
        if (!match.Success)
        {
            throw new DbtException("DBT5001", DbtErrorKind.Runtime, $"Invalid selector spec \"{raw}\"") { Found = raw, Expected = "[@][n+][method:]value[+n]" };
        }

        var value = match.Groups["value"].Value;
        var (method, arguments) = SplitMethod(match.Groups["method"].Success ? match.Groups["method"].Value : null, value);
        var criterion = new SelectionCriterion(method, arguments, value)
        {
            Raw = raw,
            Indirect = indirect,
            ChildrensParents = match.Groups["at"].Length > 0,
            Parents = match.Groups["parents"].Length > 0,
            ParentsDepth = Depth(match.Groups["pdepth"].Value),
            Children = match.Groups["children"].Length > 0,
            ChildrenDepth = Depth(match.Groups["cdepth"].Value),
        };
        criterion.Check();
        return criterion;
    }

    /// <summary>The method's name and arguments; without a name what the value looks like decides.</summary>
    public static (string Method, IReadOnlyList<string> Arguments) SplitMethod(string? method, string value)
    {
        if (method is null)
        {
            var guessed = value.Contains('/', StringComparison.Ordinal) ? "path"
                : value.EndsWith(".sql", StringComparison.OrdinalIgnoreCase) || value.EndsWith(".py", StringComparison.OrdinalIgnoreCase) || value.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) ? "file"
                : "fqn";
            return (guessed, []);
        }

        var parts = method.Split('.');
        if (!Methods.Contains(parts[0], StringComparer.Ordinal))
        {
            throw new DbtException("DBT5002", DbtErrorKind.Runtime, $"'{parts[0]}' is not a valid method name")
            {
                Found = method, Expected = $"one of {string.Join(", ", Methods)}", Hint = Values.Text.DidYouMean(parts[0], Methods),
            };
        }

        return (parts[0], parts[1..]);
    }

    public void Check()
    {
        if (ChildrensParents && Children)
        {
            throw new DbtException("DBT5003", DbtErrorKind.Runtime, $"Invalid node spec {Raw} - \"@\" prefix and \"+\" suffix are incompatible")
            {
                Found = Raw, Hint = "'@' already takes all descendants; leave out the '+'",
            };
        }
    }

    private static int? Depth(string text) => text.Length == 0 ? null : int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\A(?<at>@)?(?<parents>(?<pdepth>\d*)\+)?(?:(?<method>[\w.]+):)?(?<value>.*?)(?<children>\+(?<cdepth>\d*))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Pattern();
}
