using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Constraints and the checksum of a model's contract (https://docs.getdbt.com/reference/resource-configs/contract).</summary>
internal static class Contracts
{
    public static void Apply(DbtNode node, DbtMap data, PropertiesFile file)
    {
        var constraints = (data.GetList("constraints") ?? []).OfType<DbtMap>().Select(item => ColumnReader.Constraint(item, file, isColumn: false)).ToList();
        var isEnforced = node.Contract.GetBool("enforced");
        if (isEnforced && node.Columns.Count == 0)
        {
            throw file.Invalid($"Contract enforcement failed for: ({node.OriginalFilePath})\nConstraints must be defined in a `yml` schema configuration file like `schema.yml`.", data.Line, "no columns", "columns with data types");
        }

        var keys = node.Columns.Values.Where(column => column.Constraints.Exists(item => item.GetString("type") == "primary_key")).Select(column => column.Name).ToList();
        var problems = new List<string>();
        if (keys.Count > 1)
        {
            problems.Add($"Found {keys.Count} columns ({Val.Repr(keys.ConvertAll(object? (key) => key))}) with primary key constraints defined. Primary keys for multiple columns must be defined as a model level constraint.");
        }

        if (keys.Count > 0 && constraints.Exists(item => item.GetString("type") == "primary_key"))
        {
            problems.Add("Primary key constraints defined at the model level and the columns level. Primary keys can be defined at the model level or the column level, not both.");
        }

        if (problems.Count > 0)
        {
            throw file.Invalid($"Primary key constraint error: ({node.OriginalFilePath})\n{string.Join('\n', problems)}", data.Line, string.Join(", ", keys), "one primary key");
        }

        node.Constraints = constraints;
        foreach (var constraint in constraints.Concat(node.Columns.Values.SelectMany(column => column.Constraints)))
        {
            if (constraint.GetString("type") == "foreign_key" && constraint.GetString("to") is { } to)
            {
                ReferenceText.Add(node, to, file, data.Line);
            }
        }

        if (isEnforced)
        {
            node.Contract["checksum"] = Text.Sha256(ContractChecksum.Of(node));
        }
    }
}

/// <summary>What a contract's checksum is made of: the text that dbt hashes.</summary>
internal static class ContractChecksum
{
    public static string Of(DbtNode node)
    {
        var text = string.Concat(node.Columns.Values.OrderBy(column => column.Name, StringComparer.Ordinal).Select(column => $"|{column.Name}{Val.Str(column.DataType)}{List(column.Constraints, isColumn: true)}"));
        return node.Materialized is "table" or "incremental" ? $"{text}{node.Materialized}{List(node.Constraints, isColumn: false)}" : text;
    }

    private static string List(IEnumerable<DbtMap> constraints, bool isColumn) => $"[{string.Join(", ", constraints.Select(constraint => One(constraint, isColumn)))}]";

    private static string One(DbtMap map, bool isColumn)
    {
        var type = Val.Str(map.Get("type"));
        string List(string key) => Val.Repr(map.Get(key) ?? new List<object?>());
        var fields = $"type=<ConstraintType.{type}: '{type}'>, name={Val.Repr(map.Get("name"))}, expression={Val.Repr(map.Get("expression"))}, warn_unenforced={Val.Repr(map.Get("warn_unenforced") ?? true)}, "
            + $"warn_unsupported={Val.Repr(map.Get("warn_unsupported") ?? true)}, to={Val.Repr(map.Get("to"))}, to_columns={List("to_columns")}";
        return isColumn ? $"ColumnLevelConstraint({fields})" : $"ModelLevelConstraint({fields}, columns={List("columns")})";
    }
}

/// <summary>References that stand in YAML: <c>ref('x')</c>, <c>source('a', 'b')</c>.</summary>
internal static partial class ReferenceText
{
    public static void Add(DbtNode node, string text, PropertiesFile file, int line)
    {
        if (Parse(text) is not { } reference)
        {
            if (MetricPattern().Match(text) is { Success: true } metric)
            {
                node.MetricNames.Add(metric.Groups["name"].Value);
                return;
            }

            throw file.Invalid($"Invalid ref or source expression: {text}", line, text, "ref('model') or source('source', 'table')");
        }

        if (reference.Ref is { } args)
        {
            node.Refs.Add(args);
        }
        else
        {
            node.Sources.Add(reference.Source!.Value);
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\A\s*metric\s*\(\s*['""](?<name>[^'""]+)['""]\s*\)\s*\z", System.Text.RegularExpressions.RegexOptions.CultureInvariant | System.Text.RegularExpressions.RegexOptions.ExplicitCapture, 1000)]
    private static partial System.Text.RegularExpressions.Regex MetricPattern();

    public static (RefArgs? Ref, (string, string)? Source)? Parse(string text)
    {
        var match = Pattern().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var first = match.Groups["first"].Value;
        var second = match.Groups["second"].Success ? match.Groups["second"].Value : null;
        var version = match.Groups["version"].Success ? match.Groups["version"].Value : null;
        return match.Groups["name"].Value == "ref"
            ? (second is null ? new RefArgs(first, null, version) : new RefArgs(second, first, version), null)
            : second is null ? null : (null, (first, second));
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\A\s*(?<name>ref|source)\s*\(\s*['""](?<first>[^'""]+)['""]\s*(?:,\s*['""](?<second>[^'""]+)['""]\s*)?(?:,\s*(?:v|version)\s*=\s*['""]?(?<version>[^'"")]+)['""]?\s*)?\)\s*\z", System.Text.RegularExpressions.RegexOptions.CultureInvariant | System.Text.RegularExpressions.RegexOptions.ExplicitCapture, 1000)]
    private static partial System.Text.RegularExpressions.Regex Pattern();
}

/// <summary>Dates of YAML as artifacts write them.</summary>
internal static class Dates
{
    public static object? Iso(object? value) => value switch
    {
        null => null,
        DateOnly date => $"{Val.Str(date)}T00:00:00+00:00",
        string text when DateOnly.TryParseExact(text, "yyyy-MM-dd", out var date) => $"{Val.Str(date)}T00:00:00+00:00",
        string text => text,
        DateTime time => $"{time:yyyy-MM-ddTHH:mm:ss}+00:00",
        _ => Val.Str(value).Replace(' ', 'T'),
    };
}
