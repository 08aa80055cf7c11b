using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>dbt's own variables and functions (https://docs.getdbt.com/reference/dbt-jinja-functions).</summary>
internal sealed class ScopeFunctions(NodeScope scope)
{
    public static readonly string[] Names =
    [
        "adapter", "adapter_macro", "api", "as_text", "builtins", "column", "compiled_code", "config", "context", "database", "dbt_metadata_envs", "dbt_version", "defer_relation", "diff_of_two_dicts", "doc", "env", "env_var",
        "exceptions", "execute", "flags", "fromjson", "fromyaml", "function", "graph", "invocation_args_dict", "invocation_id", "load_agate_table", "load_result", "local_md5", "log", "metric", "model", "modules",
        "post_hooks", "pre_hooks", "print", "project_name", "ref", "render", "return", "run_started_at", "schema", "selected_resources", "set", "set_strict", "source", "sql", "sql_now", "store_raw_result", "store_result",
        "submit_python_job", "target", "this", "thread_id", "tojson", "toyaml", "try_or_compiler_error", "validation", "var", "write", "zip", "zip_strict", "connection_name", "macro_stack",
    ];

    private DbtSession Session => scope.Session;

    public bool TryMake(string name, out object? value)
    {
        switch (name)
        {
            case "ref":
                value = new Resolver(scope, name, call => References.Ref(scope, call));
                return true;
            case "source":
                value = new Resolver(scope, name, call => References.Source(scope, call));
                return true;
            case "metric" or "function":
                value = Host.Function(name, _ => throw Host.Compilation($"'{name}' is not supported"));
                return true;
            case "var":
                value = new VarFunction(scope);
                return true;
            case "env_var":
                value = Host.Function(name, EnvVar);
                return true;
            case "config":
                value = scope.Mode == ScopeMode.Parse ? new ParseConfig(scope) : new RunConfig(scope);
                return true;
            case "execute":
                value = scope.IsExecuting;
                return true;
            case "adapter":
                value = new AdapterObject(scope);
                return true;
            case "api":
                value = new JinjaDict { ["Relation"] = new RelationClass(Session.Adapter), ["Column"] = new ColumnClass(Session.Adapter.Columns) };
                return true;
            case "column":
                value = new ColumnClass(Session.Adapter.Columns);
                return true;
            case "exceptions":
                value = new ExceptionsObject(scope);
                return true;
            case "this":
                value = This();
                return true;
            case "model":
                value = Model();
                return true;
            case "graph":
                value = new GraphObject(Session);
                return true;
            case "target" or "env":
                value = Session.Templates.Target;
                return true;
            case "flags":
                value = new FlagsObject(Session);
                return true;
            case "database":
                value = scope.Node is { } databaseNode ? databaseNode.Database : Session.Profile.Database;
                return true;
            case "schema":
                value = scope.Node is { } schemaNode ? schemaNode.Schema : Session.Profile.Schema;
                return true;
            case "project_name":
                value = Session.Root.Name;
                return true;
            case "dbt_version":
                value = DbtSession.Version;
                return true;
            case "invocation_id":
                value = Session.InvocationId;
                return true;
            case "thread_id":
                value = Environment.CurrentManagedThreadId == 1 ? "MainThread" : $"Thread-{Environment.CurrentManagedThreadId}";
                return true;
            case "run_started_at":
                value = JinjaValue.From(Session.StartedAt);
                return true;
            case "selected_resources":
                value = new JinjaList(Session.Selected);
                return true;
            case "invocation_args_dict":
                NoteOptions();
                value = Host.ToTemplate(InvocationArgs.Of(Session));
                return true;
            case "dbt_metadata_envs":
                NoteOptions();
                value = Host.ToTemplate(InvocationArgs.MetadataVariables(Session.EnvironmentVariables));
                return true;
            case "pre_hooks" or "post_hooks":
                value = scope.Node is { } hookNode && hookNode.ResourceType is not (DbtResourceType.Source or DbtResourceType.Test or DbtResourceType.UnitTest)
                    ? Host.ToTemplate(hookNode.Config.Get(name == "pre_hooks" ? "pre-hook" : "post-hook") ?? new List<object?>())
                    : scope.Node is null ? null : new JinjaList();
                return true;
            case "sql" or "compiled_code":
                value = scope.Node is { DeferRelation: { } other } && Session.Options.Command == "clone" ? $"select * from {other.RelationName}" : scope.Node is { ExtraCtesInjected: true } compiled ? compiled.CompiledCode : null;
                return true;
            case "sql_now":
                value = "now()";
                return true;
            case "defer_relation":
                value = scope.Node?.DeferRelation is { } defer ? References.Relation(Session, defer) : null;
                return true;
            case "context":
                value = new ContextObject(scope);
                return true;
            case "builtins":
                value = new BuiltinsObject(scope);
                return true;
            case "modules":
                value = new ModulesObject(scope);
                return true;
            case "validation":
                value = new JinjaDict { ["any"] = new AnyValidator() };
                return true;
            case "macro_stack" or "connection_name":
                value = null;
                return true;
            case "doc":
                value = null;
                return false;
            default:
                value = Library(name);
                return value is not null;
        }
    }

    /// <summary>dbt's own function of a name, even when a macro hides it.</summary>
    public object? Builtin(string name) => TryMake(name, out var value) ? value : null;

    private JinjaObject? Library(string name) => name switch
    {
        "return" => StandaloneMacro.Return,
        "log" => Host.Function(name, call => Log(call)),
        "print" => Host.Function(name, call => Print(call)),
        "tojson" => Host.Function(name, call => LibraryFunctions.ToJson(call)),
        "fromjson" => Host.Function(name, call => LibraryFunctions.FromJson(call)),
        "toyaml" => Host.Function(name, call => LibraryFunctions.ToYaml(call)),
        "fromyaml" => Host.Function(name, call => LibraryFunctions.FromYaml(call)),
        "set" or "set_strict" => Host.Function(name, call => LibraryFunctions.Set(call, name == "set_strict")),
        "zip" or "zip_strict" => Host.Function(name, call => LibraryFunctions.Zip(call, name == "zip_strict")),
        "local_md5" => Host.Function(name, call => Text.Md5(Host.Text(call.Get(0, "value")))),
        "diff_of_two_dicts" => Host.Function(name, call => LibraryFunctions.DiffOfTwoDicts(call)),
        "try_or_compiler_error" => Host.Function(name, call => LibraryFunctions.TryOrCompilerError(call)),
        "render" => Host.Function(name, call => Session.Templates.Render(Host.Text(call.Get(0, "string")), scope.Node?.OriginalFilePath ?? "render", scope)),
        "write" => Host.Function(name, Write),
        "store_result" => Host.Function(name, StoreResult),
        "store_raw_result" => Host.Function(name, StoreRawResult),
        "load_result" => Host.Function(name, call => LoadResult(Host.Text(call.Get(0, "name")))),
        "load_agate_table" => Host.Function(name, _ => SeedObject.Load(scope)),
        "adapter_macro" => Host.Function(name, call => throw Host.Compilation($"The \"adapter_macro\" macro has been deprecated. Instead, use the `adapter.dispatch` method to find a macro and call the result. adapter_macro was called for: {Host.Text(call.Get(0, "name"))}")),
        "submit_python_job" => Host.Function(name, _ => throw Host.Runtime("Python models cannot be run by this engine")),
        _ => null,
    };

    private object? This()
    {
        if (scope.UnitTest?.ThisCte is { } cte && scope.Node is { ResourceType: DbtResourceType.UnitTest })
        {
            if (!scope.Node!.ExtraCtes.Exists(known => known.Id == cte.UniqueId))
            {
                scope.Node.ExtraCtes.Add(new InjectedCte(cte.UniqueId, null));
            }

            return "__dbt__cte__" + cte.Identifier;
        }

        return scope.Node is { ResourceType: not DbtResourceType.Operation } node ? References.Relation(Session, node) : null;
    }

    private object? Model()
    {
        if (scope.Node is not { } node)
        {
            return scope.Operation is { } macro ? Host.ToTemplate(ManifestWriter.Macro(macro)) : null;
        }

        var dict = (JinjaDict)Host.ToTemplate(NodeWriter.ForTemplates(node))!;
        if (dict.TryGetValue("compiled_code", out var compiled))
        {
            dict["compiled_sql"] = compiled;
        }

        if (node.Contract.GetBool("alias_types", true) && dict.TryGetValue("columns", out var columns) && columns is JinjaDict map)
        {
            foreach (var column in map.Values.OfType<JinjaDict>())
            {
                if (column.TryGetValue("data_type", out var type) && type is string text)
                {
                    column["data_type"] = Session.Adapter.Columns.TranslateType(text);
                }
            }
        }

        return dict;
    }

    private object? EnvVar(JinjaCall call)
    {
        var name = Host.Text(call.Get(0, "var"));
        if (name.StartsWith("DBT_ENV_SECRET", StringComparison.Ordinal))
        {
            throw new DbtException("DBT1020", DbtErrorKind.Parsing, $"Secret env vars are allowed only in profiles.yml or packages.yml. Found '{name}' referenced elsewhere.") { Found = name, Hint = "read a variable without the prefix DBT_ENV_SECRET" };
        }

        if (scope.EnvironmentOverrides is { } overrides && overrides.TryGetValue(name, out var replaced))
        {
            return Host.ToTemplate(replaced);
        }

        return LibraryFunctions.EnvVar(Session, name, call.Get(1, "default"));
    }

    // Properties files are given these values whether they use them or not.
    private void NoteOptions() => Session.OptionsRead |= Session.IsParsing && (scope.Node is not null || scope.Operation is not null);

    private string Log(JinjaCall call)
    {
        var message = Host.Text(call.Get(0, "msg"));
        if (Host.IsTrue(call.Get(1, "info")))
        {
            Session.Log.UserLine(message);
        }
        else
        {
            Session.Log.Debug(message);
        }

        return string.Empty;
    }

    private string Print(JinjaCall call)
    {
        Session.Log.Print(Host.Text(call.Get(0, "msg")));
        return string.Empty;
    }

    private string Write(JinjaCall call)
    {
        if (scope.Node is { } node)
        {
            CompiledFiles.WriteRun(Session, node, Host.Text(call.Get(0, "payload")));
        }

        return string.Empty;
    }

    private string StoreResult(JinjaCall call)
    {
        var table = call.Get(2, "agate_table") as AgateTable ?? new AgateTable([], []);
        scope.StatementResults[Host.Text(call.Get(0, "name"))] = new StatementResult(call.Get(1, "response"), table);
        return string.Empty;
    }

    // As with dbt the result of a statement can be had once, except that of the materialization.
    private object? LoadResult(string name)
    {
        if (!scope.StatementResults.TryGetValue(name, out var result) || name == "main")
        {
            return result;
        }

        scope.StatementResults[name] = null;
        return result ?? throw new DbtException("DBT3204", DbtErrorKind.Compilation, $"The 'statement' result named '{name}' has already been loaded into a variable")
        {
            Found = $"load_result('{name}') once more", Expected = "one call for a statement", Hint = "{% set result = load_result('" + name + "') %}",
        };
    }

    private string StoreRawResult(JinjaCall call)
    {
        var response = new AdapterResponse(Host.Text(call.Get(1, "message")), call.Get(2, "code") is { } code ? Host.Text(code) : null, call.Get(3, "rows_affected") as long?);
        scope.StatementResults[Host.Text(call.Get(0, "name"))] = new StatementResult(response, call.Get(4, "agate_table") as AgateTable ?? new AgateTable([], []));
        return string.Empty;
    }
}
