using System.Text.RegularExpressions;
using FhirAspire.Dbt.Compile;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Adapters;

/// <summary>Constraints of contracts as SQL (https://docs.getdbt.com/reference/resource-properties/constraints).</summary>
internal static partial class Constraints
{
    public static JinjaList Columns(NodeScope scope, JinjaCall call)
    {
        var lines = new JinjaList();
        if (call.Get(0, "raw_columns") is JinjaDict columns)
        {
            foreach (var column in columns.Values.OfType<JinjaDict>())
            {
                var name = Host.Text(column["name"]);
                var isQuoted = column.TryGetValue("quote", out var quote) && Host.IsTrue(quote);
                var line = $"{(isQuoted ? scope.Session.Adapter.Quote(name) : name)} {(column.TryGetValue("data_type", out var type) ? Host.Text(type) : string.Empty)}";
                foreach (var constraint in Items(column))
                {
                    if (Render(scope, constraint, isColumn: true) is { } text)
                    {
                        line += " " + text;
                    }
                }

                lines.Add(line);
            }
        }

        return lines;
    }

    public static JinjaList Model(NodeScope scope, JinjaCall call) =>
        new(Host.Items(call.Get(0, "raw_constraints") ?? new JinjaList()).OfType<JinjaDict>().Select(constraint => (object?)Render(scope, constraint, isColumn: false)).Where(text => text is not null));

    private static IEnumerable<JinjaDict> Items(JinjaDict column) =>
        column.TryGetValue("constraints", out var list) && list is JinjaList constraints ? constraints.OfType<JinjaDict>() : [];

    private static string? Render(NodeScope scope, JinjaDict constraint, bool isColumn)
    {
        string? Text(string key) => constraint.TryGetValue(key, out var value) && value is not null ? Host.Text(value) : null;
        var type = Text("type") ?? string.Empty;
        var adapter = scope.Session.Adapter;
        switch (adapter.ConstraintSupport(type))
        {
            case 0:
                if (!constraint.TryGetValue("warn_unsupported", out var unsupported) || Host.IsTrue(unsupported))
                {
                    scope.Session.Log.Warn("ConstraintNotSupported", $"The constraint type {type} is not supported by {adapter.Type}, and will be ignored. Set 'warn_unsupported: false' on this constraint to ignore this warning.");
                }

                return null;
            case 1:
                if (!constraint.TryGetValue("warn_unenforced", out var unenforced) || Host.IsTrue(unenforced))
                {
                    scope.Session.Log.Warn("ConstraintNotEnforced", $"The constraint type {type} is not enforced by {adapter.Type}. The constraint will be included in this model's DDL statement, but it will not guarantee anything about the underlying data. Set 'warn_unenforced: false' on this constraint to ignore this warning.");
                }

                break;
        }

        var expression = Text("expression") ?? string.Empty;
        var prefix = !isColumn && Text("name") is { } name ? $"constraint {name} " : string.Empty;
        var columns = constraint.TryGetValue("columns", out var list) && list is JinjaList names ? string.Join(", ", names.Select(Host.Text)) : string.Empty;
        var to = Text("to");
        var toColumns = constraint.TryGetValue("to_columns", out var targets) && targets is JinjaList targetNames ? string.Join(", ", targetNames.Select(Host.Text)) : string.Empty;
        var body = (type, isColumn) switch
        {
            ("check", _) when expression.Length > 0 => $"check ({expression})",
            ("not_null", true) => $"not null {expression}",
            ("unique", true) => $"unique {expression}",
            ("unique", false) => $"unique{(expression.Length > 0 ? " " + expression : string.Empty)} ({columns})",
            ("primary_key", true) => $"primary key {expression}",
            ("primary_key", false) => $"primary key{(expression.Length > 0 ? " " + expression : string.Empty)} ({columns})",
            ("foreign_key", true) when to is not null => $"references {adapter.ForeignKeyTarget(Reference(scope, to))} ({toColumns})",
            ("foreign_key", true) when expression.Length > 0 => $"references {expression}",
            ("foreign_key", false) when to is not null => $"foreign key ({columns}) references {Reference(scope, to)} ({toColumns})",
            ("foreign_key", false) when expression.Length > 0 => $"foreign key ({columns}) references {expression}",
            ("custom", _) when expression.Length > 0 => expression,
            _ => null,
        };
        return body is null ? null : (prefix + body).Trim();
    }

    /// <summary>The relation that a foreign key points to, which may be written as <c>ref('model')</c>.</summary>
    public static string Reference(NodeScope scope, string to) => Call().IsMatch(to) ? scope.Session.Templates.Render("{{ " + to + " }}", "constraint", scope) : to;

    [GeneratedRegex(@"^\s*(?:ref|source)\s*\(", RegexOptions.CultureInvariant)]
    private static partial Regex Call();
}
