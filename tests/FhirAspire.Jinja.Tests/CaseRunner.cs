using FhirAspire.Jinja.Modules;
using FhirAspire.Jinja.Syntax;
using YamlDotNet.RepresentationModel;

namespace FhirAspire.Jinja.Tests;

/// <summary>Runs a case and says what differs, or null.</summary>
internal static class CaseRunner
{
    public static string? Run(Case @case)
    {
        var dbt = @case.Environment == "dbt";
        var native = @case.Text("native") == "true";
        var templates = @case.Find("templates") is YamlMappingNode sources
            ? sources.ToDictionary(pair => ((YamlScalarNode)pair.Key).Value!, pair => ((YamlScalarNode)pair.Value).Value!, StringComparer.Ordinal)
            : [];
        var settings = @case.Find("settings") is { } node ? (JinjaDict)CaseFile.Value(node)! : new JinjaDict();
        bool Flag(string name) => settings.TryGetValue(name, out var value) && value is true;
        var options = new JinjaOptions
        {
            TrimBlocks = Flag("trim_blocks"),
            LstripBlocks = Flag("lstrip_blocks"),
            KeepTrailingNewline = Flag("keep_trailing_newline"),
            NewlineSequence = settings.TryGetValue("newline_sequence", out var newline) ? (string)newline! : "\n",
            Undefined = (settings.TryGetValue("undefined", out var undefined) ? (string)undefined! : "default") switch
            {
                "strict" => UndefinedKind.Strict,
                "chainable" => UndefinedKind.Chainable,
                "debug" => UndefinedKind.Debug,
                "dbt-parse" => UndefinedKind.DbtParse,
                _ => UndefinedKind.Default,
            },
            DbtExtensions = dbt,
            Native = native,
            Loader = dbt ? null : name => templates.GetValueOrDefault(name),
        };
        var environment = new JinjaEnvironment(options);
        object? result;
        try
        {
            var variables = new Dictionary<string, object?>(StringComparer.Ordinal);
            if (dbt)
            {
                foreach (var (name, value) in ContextFunctions.Make(TimeProvider.System))
                {
                    variables[name] = value;
                }
            }

            if (@case.Find("context") is { } context)
            {
                foreach (var (name, value) in (JinjaDict)CaseFile.Value(context)!)
                {
                    variables[name] = value;
                }
            }

            var shared = new JinjaDict(variables);
            if (@case.Find("stubs") is YamlMappingNode stubs)
            {
                Stubs.Add(shared, stubs);
            }

            if (dbt)
            {
                shared["context"] = shared;
                AddMacros(@case, environment, shared);
            }

            result = environment.GetTemplate(@case.Text("template")!, null).RenderNative(shared);
        }
        catch (JinjaException error)
        {
            return CompareError(@case, error);
        }

        if (@case.Find("error") is not null)
        {
            return $"no error, but: {JinjaValue.Repr(result)}";
        }

        var actual = native ? JinjaValue.Repr(result) : JinjaValue.Str(result);
        if (actual != @case.Text("expected"))
        {
            return $"expected {JinjaValue.Repr(@case.Text("expected"))}\n     got {JinjaValue.Repr(actual)}";
        }

        var type = result is null ? "None" : JinjaValue.TypeName(result);
        return native && type != @case.Text("expected_type") ? $"expected type {@case.Text("expected_type")}, got {type}" : null;
    }

    private static void AddMacros(Case @case, JinjaEnvironment environment, JinjaDict context)
    {
        if (@case.Find("macros") is not YamlMappingNode packages)
        {
            return;
        }

        // A macro is rendered to text even where the template around it is native.
        var plain = new JinjaEnvironment(environment.Options with { Native = false });
        foreach (var (packageNode, sourceNode) in packages)
        {
            var package = ((YamlScalarNode)packageNode).Value!;
            var source = ((YamlScalarNode)sourceNode).Value!;
            var members = new JinjaDict();
            foreach (var block in BlockExtractor.Extract(source, ["macro", "test", "materialization"]))
            {
                var name = block.Kind == "test" ? "test_" + block.Name : block.Name;
                // Lines count in the macro that was cut out.
                var template = plain.GetTemplate(source[block.Start..block.End], "macro");
                var macro = new StandaloneMacro(template, "dbt_macro__" + name, _ => context);
                context[name] = macro;
                members[name] = macro;
            }

            if (package != "project")
            {
                context[package] = members;
            }
        }
    }

    private static string? CompareError(Case @case, JinjaException error)
    {
        if (@case.Find("error") is not YamlMappingNode expected)
        {
            return $"unexpected error {error.PythonType}: {error.Describe()}";
        }

        string? Expected(string key) => (CaseFile.Find(expected, key) as YamlScalarNode)?.Value;
        var kind = error.Kind.ToString().ToLowerInvariant();
        if (kind != Expected("class"))
        {
            return $"expected class {Expected("class")} ({Expected("phrase")}), got {kind}: {error.Reason}";
        }

        if (!error.Reason.Contains(Expected("phrase")!, StringComparison.OrdinalIgnoreCase))
        {
            return $"expected phrase {Expected("phrase")}\n     got {error.Reason}";
        }

        if (Expected("line") is { } line && line != error.Line.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            return $"expected line {line}, got {error.Line}: {error.Reason}";
        }

        return Expected("template") is { } template && template != error.TemplateName ? $"expected template {template}, got {error.TemplateName}" : null;
    }
}
