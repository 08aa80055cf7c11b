using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary>The options of a command line, after environment variables and defaults.</summary>
internal sealed class DbtOptions
{
    public string Command { get; set; } = string.Empty;

    /// <summary>The positional argument of <c>run-operation</c>.</summary>
    public string? Macro { get; set; }

    /// <summary>Every option that was given, under its name with underscores.</summary>
    public Dictionary<string, object?> Given { get; } = new(StringComparer.Ordinal);

    /// <summary>The command line as it was given, for <c>invocation_command</c>.</summary>
    public string CommandLine { get; set; } = "dbt";

    /// <summary>The arguments of the run that <c>retry</c> repeats; null for every other command.</summary>
    public DbtMap? RetriedArgs { get; set; }

    /// <summary>The nodes that <c>retry</c> runs again; null for every other command.</summary>
    public HashSet<string>? RetryIds { get; set; }

    public List<string>? Select => List("select");

    public List<string>? Exclude => List("exclude");

    public string? Selector => Text("selector");

    public List<string> ResourceTypes => List("resource_types") ?? [];

    public List<string> ExcludeResourceTypes => List("exclude_resource_types") ?? [];

    public string IndirectSelection => Text("indirect_selection") ?? "eager";

    public string? State => Text("state");

    public string? DeferState => Text("defer_state");

    public bool Defer => Flag("defer") ?? false;

    public bool FavorState => Flag("favor_state") ?? false;

    public bool FullRefresh => Flag("full_refresh") ?? false;

    public bool FailFast => Flag("fail_fast") ?? false;

    public int? Threads => Flag("single_threaded") == true ? 1 : Number("threads");

    public DbtMap Vars => Given.TryGetValue("vars", out var value) && value is DbtMap map ? map : [];

    public DbtMap Args => Given.TryGetValue("args", out var value) && value is DbtMap map ? map : [];

    public string? Target => Text("target");

    public string? Profile => Text("profile");

    public string? ProfilesDir => Text("profiles_dir");

    public string? ProjectDir => Text("project_dir");

    public string? TargetPath => Text("target_path");

    public bool StoreFailures => Flag("store_failures") ?? false;

    public bool Empty => Flag("empty") ?? false;

    public bool WarnError => Flag("warn_error") ?? false;

    public DbtMap? WarnErrorOptions => Given.TryGetValue("warn_error_options", out var value) ? value as DbtMap : null;

    public string LogFormat => Text("log_format") ?? "default";

    public string LogLevel => Flag("debug") == true ? "debug" : Text("log_level") ?? "info";

    public string? Output => Text("output");

    public List<string> OutputKeys => List("output_keys") ?? [];

    public int? Limit => Given.TryGetValue("limit", out var value) && value is int limit ? limit : 5;

    public string? Inline => Text("inline");

    public string? InlineDirect => Text("inline_direct");

    public bool Introspect => Flag("introspect") ?? true;

    public bool InjectEphemeralCtes => Flag("inject_ephemeral_ctes") ?? true;

    public bool Quiet => Flag("quiet") ?? false;

    public bool Print => Flag("print") ?? true;

    public bool PartialParse => Flag("partial_parse") ?? true;

    public bool Compile => Flag("compile") ?? true;

    public bool EmptyCatalog => Flag("empty_catalog") ?? false;

    public bool WriteJson => Flag("write_json") ?? true;

    public bool UseColors => Flag("use_colors") ?? true;

    public bool Show => Flag("show") ?? false;

    public bool PopulateCache => Flag("populate_cache") ?? true;

    public DateTime? EventTimeStart => Given.TryGetValue("event_time_start", out var value) ? value as DateTime? : null;

    public DateTime? EventTimeEnd => Given.TryGetValue("event_time_end", out var value) ? value as DateTime? : null;

    public object? Sample => Given.GetValueOrDefault("sample");

    public bool CleanProjectFilesOnly => Flag("clean_project_files_only") ?? true;

    /// <summary>That nodes were selected by <c>--models</c>, the older name of <c>--select</c>.</summary>
    public const string ByModels = "models";

    /// <summary>That nodes were selected by <c>--select</c> itself.</summary>
    public const string BySelect = "selected";

    public bool? Flag(string name) => Given.TryGetValue(name, out var value) ? value as bool? : null;

    public string? Text(string name) => Given.TryGetValue(name, out var value) ? value as string : null;

    public List<string>? List(string name) => Given.TryGetValue(name, out var value) ? value as List<string> : null;

    public int? Number(string name) => Given.TryGetValue(name, out var value) ? value as int? : null;

    /// <summary>Options of the project's <c>flags</c> that the command line did not give.</summary>
    public void AddDefaults(DbtMap flags)
    {
        foreach (var (key, value) in flags)
        {
            var name = Val.Str(key);
            if (Given.ContainsKey(name) || value is null)
            {
                continue;
            }

            Given[name] = value switch
            {
                long number => (int)number,
                List<object?> list => list.ConvertAll(Val.Str),
                _ => value,
            };
        }
    }
}
