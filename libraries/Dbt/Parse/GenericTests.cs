using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Makes test nodes from the generic tests of properties files.</summary>
internal sealed class GenericTests(NodeFactory factory, Manifest manifest)
{
    private static readonly string[] Shipped = ["unique", "not_null", "accepted_values", "relationships"];
    private readonly List<(PropertiesEntry Entry, PropertiesFile File, DbtMap? Version)> waiting = [];

    private DbtSession Session => factory.Session;

    /// <summary>Notes the tests of an entry; they are made once every node is known.</summary>
    public void AddFor(PropertiesEntry entry, PropertiesFile file, DbtMap? version) => waiting.Add((entry, file, version));

    public void MakeAll()
    {
        foreach (var (entry, file, version) in waiting)
        {
            var columns = version is null ? entry.Data.GetList("columns") ?? [] : PropertiesReader.VersionColumns(entry.Data, version, file);
            var number = version is null ? null : Val.Str(version.Get("v"));
            foreach (var column in columns.OfType<DbtMap>().Where(column => column.ContainsKey("name")))
            {
                foreach (var test in List(column, file))
                {
                    ForNode(entry, file, number, column, test);
                }
            }

            var own = version is not null && (version.ContainsKey("data_tests") || version.ContainsKey("tests")) ? version : entry.Data;
            foreach (var test in List(own, file))
            {
                ForNode(entry, file, number, null, test);
            }
        }
    }

    /// <summary>The tests of a model, a column, a source.</summary>
    public static List<object?> List(DbtMap map, PropertiesFile file)
    {
        if (Val.IsTruthy(map.Get("tests")) && map.ContainsKey("data_tests"))
        {
            throw file.Invalid("Invalid test config: cannot have both 'tests' and 'data_tests' defined", map.Line, "tests and data_tests", "data_tests alone");
        }

        return (map.Get("data_tests") ?? map.Get("tests")) switch
        {
            null => [],
            List<object?> list => list,
            var other => throw file.Invalid($"data_tests must be a list, got {Val.TypeName(other)}", map.Line, Val.TypeName(other), "a list of tests"),
        };
    }

    public void ForSource(DbtNode source, DbtMap? column, object? test, IEnumerable<string> tags, PropertiesFile file, int line)
    {
        var info = source.Source!;
        var model = $"{{{{ get_where_subquery(source('{info.SourceName}', '{source.Name}')) }}}}";
        var definition = Definition(test, $"{info.SourceName}_{source.Name}", model, true, column, file, line);
        Make(definition, file, tags, column, $"sources.{info.SourceName}", null, null, (info.SourceName, source.Name), line);
    }

    private void ForNode(PropertiesEntry entry, PropertiesFile file, string? version, DbtMap? column, object? test)
    {
        var name = entry.Name;
        var reference = version is null ? $"ref('{name}')" : $"ref('{name}', version='{version}')";
        var definition = Definition(test, version is null ? name : $"{name}_v{version}", $"{{{{ get_where_subquery({reference}) }}}}", false, column, file, entry.Line);
        var tags = column is null ? [] : Val.StringList(column.Get("tags")).Concat(Val.StringList(column.GetMap("config")?.Get("tags")));
        var attached = manifest.Lookup.Node(new RefArgs(name, null, version), Session.Root.Name, file.Project.Name)
            ?? manifest.Disabled.Values.SelectMany(list => list).FirstOrDefault(node => node.Name == name && node.PackageName == file.Project.Name);
        Make(definition, file, tags, column, $"{entry.Key}.{name}", attached, new RefArgs(name, null, version), null, entry.Line);
    }

    private TestDefinition Definition(object? test, string target, string model, bool isSource, DbtMap? column, PropertiesFile file, int line) =>
        TestDefinition.Read(test, target, model, isSource, column is null ? null : ColumnName(column), file, line, text => file.RenderText(text));

    private string ColumnName(DbtMap column)
    {
        var name = Val.Str(column.Get("name"));
        return column.Get("quote") is true ? Session.Adapter.Quote(name) : name;
    }

    private void Make(TestDefinition definition, PropertiesFile file, IEnumerable<string> tags, DbtMap? column, string fileKey, DbtNode? attached, RefArgs? reference, (string, string)? source, int line)
    {
        var package = file.Project.Name;
        var below = file.Path[(file.Path.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var fqn = NodeFiles.Fqn(package, below, withFile: false, definition.FullName);
        var id = $"test.{package}.{definition.FullName}.{definition.Hash}";
        var node = factory.Create(DbtResourceType.Test, package, definition.FullName, definition.ShortName + ".sql", file.Path, fqn, definition.RawCode, id);
        node.ChecksumName = "none";
        node.Test = new TestMetadata(definition.Name, definition.Namespace, definition.Arguments);
        node.ColumnName = column is null ? null : ColumnName(column);
        node.FileKeyName = fileKey;
        node.Description = definition.Description;
        node.Line = line;
        node.AttachedNode = attached?.UniqueId;
        node.Tags = [.. tags.Concat(Val.StringList(definition.Config.Get("tags"))).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        foreach (var (key, value) in definition.Config)
        {
            node.ConfigCall[key] = value;
        }

        var macro = definition.Namespace is null ? Session.Macros.Find($"test_{definition.Name}", package) : Session.Macros.FindIn(definition.Namespace, $"test_{definition.Name}");
        if (macro is not null)
        {
            node.DependsOnMacros.Add(macro.UniqueId);
        }

        if (!TryWithoutRendering(node, definition, macro, reference, source))
        {
            Render(node, definition);
        }

        if (attached is not null)
        {
            node.Group = attached.Group;
        }

        if (!node.IsEnabled)
        {
            manifest.AddDisabled(node);
            return;
        }

        if (manifest.Nodes.TryGetValue(node.UniqueId, out var other))
        {
            throw NodeFiles.Duplicate(node, other);
        }

        manifest.Nodes[node.UniqueId] = node;
    }

    // What the tests that come with dbt refer to can be told from their arguments.
    private bool TryWithoutRendering(DbtNode node, TestDefinition definition, DbtMacro? macro, RefArgs? reference, (string, string)? source)
    {
        if (macro is null || !Shipped.Contains(definition.Name, StringComparer.Ordinal) || !IsInternal(macro) || !IsInternal(Session.Macros.Find("get_where_subquery", node.PackageName))
            || Session.Macros.Find("ref", node.PackageName) is not null || Session.Macros.Find("source", node.PackageName) is not null)
        {
            return false;
        }

        (RefArgs? Ref, (string, string)? Source)? second = null;
        foreach (var (key, value) in definition.Arguments)
        {
            if (key is "model")
            {
                continue;
            }

            if (key is "to" && definition.Name == "relationships")
            {
                second = value is string text ? ReferenceText.Parse(text) : null;
                if (second is null)
                {
                    return false;
                }
            }
            else if (HasTemplate(value))
            {
                return false;
            }
        }

        if (second is { } to)
        {
            if (to.Ref is not null)
            {
                node.Refs.Add(to.Ref);
            }
            else
            {
                node.Sources.Add(to.Source!.Value);
            }
        }

        if (reference is not null)
        {
            node.Refs.Add(reference);
        }
        else
        {
            node.Sources.Add(source!.Value);
        }

        if (definition.Name is not ("unique" or "not_null"))
        {
            // dbt renders the others.
            node.DependsOnMacros.Add(Session.Macros.Find("get_where_subquery", node.PackageName)!.UniqueId);
        }

        factory.Update(node, null);
        return true;
    }

    private bool IsInternal(DbtMacro? macro) => macro is not null && Session.Macros.InternalPackages.Contains(macro.PackageName, StringComparer.Ordinal);

    private static bool HasTemplate(object? value) => value switch
    {
        string text => TemplateEngine.HasTemplate(text) || TestArguments.LooksLikeCall(text),
        List<object?> list => list.Exists(HasTemplate),
        DbtMap map => map.Values.Any(HasTemplate),
        _ => false,
    };

    private void Render(DbtNode node, TestDefinition definition)
    {
        var macros = new List<DbtMacro>();
        var collected = new DbtMap();
        foreach (var (key, value) in definition.Config)
        {
            collected[key] = value;
        }

        var extra = new Dictionary<string, object?>(StringComparer.Ordinal);
        var record = new Cache.TemplateRecord(Session);
        var scope = new NodeScope(Session, ScopeMode.Parse, node, node.PackageName) { ConfigCalls = collected, OnMacro = macros.Add, Extra = extra, Record = record };
        if (Session.Memory?.TryRecall(node, macros) == true)
        {
            factory.AddMacros(node, macros);
            factory.Update(node, null);
            return;
        }

        try
        {
            extra[TestArguments.Variable] = TestArguments.Render(node, scope);
            Session.Templates.Render(node.RawCode, node.OriginalFilePath, scope);
        }
        catch (DbtException exception)
        {
            throw exception.With(subject: exception.Kind == DbtErrorKind.Compilation ? node.Subject : null, file: node.OriginalFilePath);
        }

        // Tags of the entry have been collected before the template gave them again.
        if (definition.Config.Get("tags") is { } own && collected.GetList("tags") is { } tags)
        {
            collected["tags"] = new List<object?>(Val.StringList(tags).Distinct(StringComparer.Ordinal));
            _ = own;
        }

        node.ConfigCall = collected;
        node.Template = record.Take(node, macros);
        factory.AddMacros(node, macros);
        factory.Update(node, null);
    }
}

/// <summary>The arguments of a generic test, rendered: the variable <c>_dbt_generic_test_kwargs</c>.</summary>
internal static partial class TestArguments
{
    public const string Variable = "_dbt_generic_test_kwargs";

    public static bool LooksLikeCall(string text) => CallPattern().IsMatch(text);

    public static object? Render(DbtNode node, NodeScope scope)
    {
        var kwargs = new FhirAspire.Jinja.JinjaDict();
        foreach (var (key, value) in node.Test!.Kwargs)
        {
            kwargs[Val.Str(key)] = Render(value, key is "column_name", node, scope);
        }

        return kwargs;
    }

    private static object? Render(object? value, bool isColumn, DbtNode node, NodeScope scope)
    {
        switch (value)
        {
            case string text:
                if (isColumn)
                {
                    return scope.Session.Templates.Render(text, node.OriginalFilePath, scope);
                }

                return scope.Session.Templates.RenderNativeTemplate(LooksLikeCall(text) ? $"{{{{ {text} }}}}" : text, node.OriginalFilePath, scope);
            case List<object?> list:
                return new FhirAspire.Jinja.JinjaList(list.Select(item => Render(item, false, node, scope)));
            case DbtMap map:
                var dict = new FhirAspire.Jinja.JinjaDict();
                foreach (var (key, item) in map)
                {
                    dict.Set(Host.ToTemplate(key), Render(item, false, node, scope));
                }

                return dict;
            default:
                return Host.ToTemplate(value);
        }
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"\A\s*(?:env_var|ref|var|source|doc)\s*\(.+\)\s*\z", System.Text.RegularExpressions.RegexOptions.CultureInvariant | System.Text.RegularExpressions.RegexOptions.Singleline, 1000)]
    private static partial System.Text.RegularExpressions.Regex CallPattern();
}
