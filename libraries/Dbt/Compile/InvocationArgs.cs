using FhirAspire.Dbt.Commands;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Compile;

/// <summary>The options of the run as templates and artifacts see them.</summary>
internal static class InvocationArgs
{
    public static string Which(DbtSession session) => session.Options.Command switch
    {
        "docs generate" => "generate",
        "source freshness" => "freshness",
        var command => command,
    };

    public static DbtMap Of(DbtSession session)
    {
        var options = session.Options;
        var map = new DbtMap
        {
            ["which"] = Which(session),
            ["project_dir"] = session.Root.Root,
            ["profiles_dir"] = options.ProfilesDir ?? session.Root.Root,
            ["invocation_command"] = options.CommandLine,
            ["vars"] = options.Vars,
            ["quiet"] = options.Quiet,
            ["full_refresh"] = options.FullRefresh,
            ["defer"] = options.Defer,
            ["fail_fast"] = options.FailFast,
            ["warn_error"] = options.WarnError,
            ["indirect_selection"] = options.IndirectSelection,
            ["write_json"] = options.WriteJson,
            ["partial_parse"] = options.PartialParse,
            ["empty"] = options.Empty,
            ["store_failures"] = options.StoreFailures,
            ["log_format"] = options.LogFormat,
            ["log_level"] = options.LogLevel,
            ["use_colors"] = options.UseColors,
            ["static_parser"] = true,
            ["introspect"] = options.Introspect,
            ["populate_cache"] = options.PopulateCache,
        };
        foreach (var (name, value) in options.Given)
        {
            if (!map.ContainsKey(name))
            {
                map[name] = value switch
                {
                    List<string> list => list.ConvertAll(object? (item) => item),
                    int number => (long)number,
                    DateTime time => time.ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture),
                    _ => value,
                };
            }
        }

        AddDefaults(map, options);
        AddOfCommand(map, options);
        if (options.Command == "run-operation")
        {
            // dbt hands operations the options of the command line alone.
            map.Remove("project_dir");
            map["macro"] = options.Macro;
        }
        else
        {
            map["log_path"] = Path.GetFullPath(options.Text("log_path") ?? "logs", session.Root.Root);
            map["sqlparse"] = options.Given.GetValueOrDefault("sqlparse") as DbtMap ?? new DbtMap { ["MAX_GROUPING_DEPTH"] = null, ["MAX_GROUPING_TOKENS"] = null };
            map["warn_error_options"] = WarnErrorOptions(options);
            if (session.Sample is { } sample)
            {
                map["sample"] = sample.ToMap();
            }
        }

        return map;
    }

    // dbt leaves these out where they are off.
    private static readonly string[] OnlyWhereSet = ["full_refresh", "fail_fast", "warn_error", "store_failures"];

    // What is said of the console holds for the log file, unless that is said as well.
    private static readonly string[] LikeTheirFile = ["log_format", "log_level", "use_colors"];

    private static readonly (string Name, object Value)[] Defaults =
    [
        ("cache_selected_only", false), ("favor_state", false), ("log_file_max_bytes", 10485760L), ("log_format_file", "debug"), ("log_level_file", "debug"),
        ("macro_debugging", false), ("partial_parse_file_diff", true), ("print", true), ("printer_width", 80L), ("send_anonymous_usage_stats", true),
        ("show_all_deprecations", false), ("show_resource_report", false), ("strict_mode", false), ("use_colors_file", true), ("use_fast_test_edges", false),
        ("version_check", true), ("require_all_warnings_handled_by_warn_error", false), ("require_batched_execution_for_custom_microbatch_strategy", false),
        ("require_explicit_package_overrides_for_builtin_materializations", true), ("require_generic_test_arguments_property", true),
        ("require_nested_cumulative_type_params", false), ("require_ref_searches_node_package_before_root", false), ("require_resource_names_without_spaces", true),
        ("require_unique_project_resource_names", false), ("require_yaml_configuration_for_mf_time_spines", false), ("skip_nodes_if_on_run_start_fails", false),
        ("source_freshness_run_project_hooks", true), ("state_modified_compare_more_unrendered_values", false), ("state_modified_compare_vars", false),
        ("upload_to_artifacts_ingest_api", false), ("validate_macro_args", false),
    ];

    // What dbt writes of the options that a command of its own has.
    private static readonly (string[] Commands, string Name, object Value)[] OfCommand =
    [
        (["build", "seed"], "show", false), (["build"], "include_saved_query", false), (["build"], "export_saved_queries", false),
        (["compile", "show"], "output", "text"), (["compile"], "inject_ephemeral_ctes", true), (["show"], "limit", 5L),
        (["docs generate"], "static", false), (["docs generate"], "compile", true), (["docs generate"], "empty_catalog", false),
        (["run-operation"], "debug", false), (["run-operation"], "fail_fast", false), (["run-operation"], "full_refresh", false), (["run-operation"], "log_cache_events", false),
        (["run-operation"], "single_threaded", false), (["run-operation"], "store_failures", false), (["run-operation"], "use_experimental_parser", false),
    ];

    private static void AddOfCommand(DbtMap map, DbtOptions options)
    {
        foreach (var (commands, name, value) in OfCommand)
        {
            if (commands.Contains(options.Command, StringComparer.Ordinal))
            {
                map.TryAdd(name, value);
            }
        }
    }

    private static DbtMap WarnErrorOptions(DbtOptions options)
    {
        var given = options.WarnErrorOptions ?? [];
        object? Of(string name, string oldName) => given.Get(name) ?? given.Get(oldName) ?? new List<object?>();
        return new DbtMap { ["error"] = Of("error", "include"), ["warn"] = Of("warn", "exclude"), ["silence"] = given.Get("silence") ?? new List<object?>() };
    }

    private static void AddDefaults(DbtMap map, DbtOptions options)
    {
        foreach (var name in OnlyWhereSet)
        {
            if (map.Get(name) is not true)
            {
                map.Remove(name);
            }
        }

        if (options.Command is not ("build" or "compile" or "run" or "snapshot") && !options.Given.ContainsKey("empty"))
        {
            map.Remove("empty");
        }

        foreach (var name in LikeTheirFile)
        {
            if (options.Given.TryGetValue(name, out var given) && !map.ContainsKey($"{name}_file"))
            {
                map[$"{name}_file"] = given;
            }
        }

        foreach (var (name, value) in Defaults)
        {
            if (!map.ContainsKey(name))
            {
                map[name] = value;
            }
        }

        foreach (var name in new[] { "select", "exclude", "resource_types", "exclude_resource_types" })
        {
            if (options.RetriedArgs?.Get(name) is { } retried)
            {
                map[name] = retried;
            }
            else if (!map.ContainsKey(name) && IsTaken(name, options.Command))
            {
                map[name] = new List<object?>();
            }
        }
    }

    // Resource types are an option of more commands than those whose results name it when it was not given.
    private static bool IsTaken(string name, string command) =>
        name.EndsWith("resource_types", StringComparison.Ordinal)
            ? command is "build" or "test" or "clone" or "list"
            : OptionTable.All.Any(option => option.Name == name && option.Commands!.Contains(command));

    public static DbtMap MetadataVariables(IReadOnlyDictionary<string, string> environment)
    {
        const string prefix = "DBT_ENV_CUSTOM_ENV_";
        const string enginePrefix = "DBT_ENGINE_CUSTOM_ENV_";
        var map = new DbtMap();
        foreach (var (name, value) in environment)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal))
            {
                map[name[prefix.Length..]] = value;
            }
            else if (name.StartsWith(enginePrefix, StringComparison.Ordinal))
            {
                map[name[enginePrefix.Length..]] = value;
            }
        }

        return map;
    }

    public static bool TryFlag(DbtSession session, string name, out object? value)
    {
        var options = session.Options;
        switch (name.ToUpperInvariant())
        {
            case "WHICH":
                value = Which(session);
                return true;
            case "FULL_REFRESH":
                value = options.FullRefresh;
                return true;
            case "STORE_FAILURES":
                value = options.StoreFailures;
                return true;
            case "EMPTY":
                // A flag of these commands only.
                value = options.Command is "build" or "compile" or "run" or "snapshot" ? options.Empty : null;
                return true;
            case "INTROSPECT":
                value = options.Introspect;
                return true;
            case "DEFER":
                value = options.Defer;
                return true;
            case "FAVOR_STATE":
                value = options.FavorState;
                return true;
            case "FAIL_FAST":
                value = options.FailFast;
                return true;
            case "WARN_ERROR":
                value = options.WarnError;
                return true;
            case "QUIET":
                value = options.Quiet;
                return true;
            case "PRINT":
                value = options.Print;
                return true;
            case "DEBUG":
                value = options.Flag("debug") ?? false;
                return true;
            case "WRITE_JSON":
                value = options.WriteJson;
                return true;
            case "PARTIAL_PARSE":
                value = options.PartialParse;
                return true;
            case "USE_COLORS":
                value = options.UseColors;
                return true;
            case "TARGET":
                value = options.Target;
                return true;
            case "PROFILES_DIR":
                value = options.ProfilesDir;
                return true;
            case "PROJECT_DIR":
                value = session.Root.Root;
                return true;
            case "TARGET_PATH":
                value = options.TargetPath;
                return true;
            case "VARS":
                value = Host.ToTemplate(options.Vars);
                return true;
            case "STATIC_PARSER" or "VERSION_CHECK" or "POPULATE_CACHE":
                value = true;
                return true;
            case "INDIRECT_SELECTION":
                value = options.IndirectSelection;
                return true;
            case "LOG_FORMAT":
                value = options.LogFormat;
                return true;
            case "LOG_LEVEL":
                value = options.LogLevel;
                return true;
            case "THREADS":
                value = (long)session.Profile.Threads;
                return true;
            case "INVOCATION_COMMAND":
                value = options.CommandLine;
                return true;
            default:
                if (options.Given.TryGetValue(name.ToLowerInvariant(), out var given))
                {
                    value = Host.ToTemplate(given is List<string> list ? list.ConvertAll(object? (item) => item) : given);
                    return true;
                }

                value = name == "get" ? Host.Function(name, call => TryFlag(session, Host.Text(call.Get(0, "key")), out var found) ? found : call.Get(1, "default")) : null;
                return value is not null || char.IsUpper(name[0]);
        }
    }
}
