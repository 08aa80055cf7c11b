namespace FhirAspire.Dbt.Commands;

internal enum OptionKind
{
    /// <summary>Present or not; <c>--no-x</c> where the table says so.</summary>
    Flag,
    Text,
    Number,
    Yaml,
    Choice,
    Time,

    /// <summary>All words up to the next option.</summary>
    Many,
    ManyChoice,
}

/// <summary>One option of dbt's command line.</summary>
internal sealed record OptionSpec(string Name, OptionKind Kind, string[] Names, string? NoName, string? Variable, string[] Choices, string[]? Commands);

/// <summary>Every option that dbt's commands take (https://docs.getdbt.com/reference/global-configs/about-global-configs and the commands' pages).</summary>
internal static class OptionTable
{
    public static readonly string[] Commands =
    [
        "build", "clean", "clone", "compile", "debug", "deps", "docs generate", "docs serve", "list", "parse", "retry", "run", "run-operation", "seed", "show", "snapshot", "source freshness", "test",
    ];

    private static readonly string[] Selecting = ["build", "clone", "compile", "docs generate", "list", "run", "seed", "show", "snapshot", "source freshness", "test"];
    private static readonly string[] Deferring = ["build", "compile", "docs generate", "run", "show", "snapshot", "test", "clone", "seed", "list", "source freshness"];
    private static readonly string[] NodeTypes =
    [
        "metric", "semantic_model", "saved_query", "source", "analysis", "function", "model", "test", "unit_test", "exposure", "snapshot", "seed", "default", "all",
    ];

    private static readonly string[] Levels = ["debug", "info", "warn", "error", "none"];
    private static readonly string[] Formats = ["text", "debug", "json", "default"];

    public static readonly OptionSpec[] All =
    [
        Flag("cache_selected_only", variable: "DBT_CACHE_SELECTED_ONLY"),
        Flag("debug", "-d", variable: "DBT_DEBUG"),
        Flag("fail_fast", "-x", variable: "DBT_FAIL_FAST"),
        Choice("log_format", Formats, "DBT_LOG_FORMAT"),
        Choice("log_format_file", Formats, "DBT_LOG_FORMAT_FILE"),
        Choice("log_level", Levels, "DBT_LOG_LEVEL"),
        Choice("log_level_file", Levels, "DBT_LOG_LEVEL_FILE"),
        new("log_file_max_bytes", OptionKind.Number, ["--log-file-max-bytes"], null, "DBT_LOG_FILE_MAX_BYTES", [], null),
        Text("log_path", variable: "DBT_LOG_PATH"),
        Flag("log_cache_events", variable: "DBT_LOG_CACHE_EVENTS"),
        Flag("macro_debugging", variable: "DBT_MACRO_DEBUGGING"),
        Flag("partial_parse", variable: "DBT_PARTIAL_PARSE"),
        Flag("partial_parse_file_diff", variable: "DBT_PARTIAL_PARSE_FILE_DIFF"),
        Text("partial_parse_file_path", variable: "DBT_PARTIAL_PARSE_FILE_PATH"),
        Flag("populate_cache", variable: "DBT_POPULATE_CACHE"),
        Flag("print", variable: "DBT_PRINT"),
        new("printer_width", OptionKind.Number, ["--printer-width"], null, "DBT_PRINTER_WIDTH", [], null),
        Flag("quiet", "-q", variable: "DBT_QUIET"),
        Text("record_timing_info", "-r"),
        Flag("send_anonymous_usage_stats", variable: "DBT_SEND_ANONYMOUS_USAGE_STATS"),
        Flag("single_threaded", variable: "DBT_SINGLE_THREADED"),
        Flag("show_all_deprecations"),
        Flag("show_resource_report", variable: "DBT_SHOW_RESOURCE_REPORT"),
        Flag("static_parser", variable: "DBT_STATIC_PARSER"),
        Flag("use_colors", variable: "DBT_USE_COLORS"),
        Flag("use_colors_file", variable: "DBT_USE_COLORS_FILE"),
        Flag("use_experimental_parser", variable: "DBT_USE_EXPERIMENTAL_PARSER"),
        Flag("use_fast_test_edges", variable: "DBT_USE_FAST_TEST_EDGES"),
        Flag("version_check", variable: "DBT_VERSION_CHECK"),
        Flag("warn_error", variable: "DBT_WARN_ERROR", hasNo: false),
        new("warn_error_options", OptionKind.Yaml, ["--warn-error-options"], null, "DBT_WARN_ERROR_OPTIONS", [], null),
        Flag("write_json", variable: "DBT_WRITE_JSON"),
        Text("project_dir", variable: "DBT_PROJECT_DIR"),
        Text("profiles_dir", variable: "DBT_PROFILES_DIR"),
        Text("profile", variable: "DBT_PROFILE"),
        Text("target", "-t", variable: "DBT_TARGET"),
        Text("target_path", variable: "DBT_TARGET_PATH"),
        new("vars", OptionKind.Yaml, ["--vars"], null, null, [], null),
        new("threads", OptionKind.Number, ["--threads"], null, null, [], Except("clean", "debug", "deps")),
        new("select", OptionKind.Many, ["--select", "-s", "--model", "--models", "-m"], null, null, [], Selecting),
        new("exclude", OptionKind.Many, ["--exclude"], null, null, [], Selecting),
        Text("selector", commands: Selecting),
        new("resource_types", OptionKind.ManyChoice, ["--resource-types", "--resource-type"], null, "DBT_RESOURCE_TYPES", NodeTypes, ["build", "clone", "compile", "list", "show", "test", "docs generate"]),
        new("exclude_resource_types", OptionKind.ManyChoice, ["--exclude-resource-types", "--exclude-resource-type"], null, "DBT_EXCLUDE_RESOURCE_TYPES", NodeTypes, ["build", "clone", "compile", "list", "show", "test", "docs generate"]),
        new("indirect_selection", OptionKind.Choice, ["--indirect-selection"], null, "DBT_INDIRECT_SELECTION", ["eager", "cautious", "buildable", "empty"], ["build", "compile", "list", "run", "seed", "show", "snapshot", "test", "docs generate"]),
        Flag("defer", variable: "DBT_DEFER", commands: Deferring),
        Text("defer_state", variable: "DBT_DEFER_STATE", commands: [.. Deferring, "retry"]),
        Flag("favor_state", variable: "DBT_FAVOR_STATE", commands: Deferring),
        Text("state", variable: "DBT_STATE", commands: [.. Deferring, "retry"]),
        Flag("full_refresh", "-f", variable: "DBT_FULL_REFRESH", commands: ["build", "clone", "compile", "retry", "run", "seed", "show"], hasNo: false),
        Flag("empty", variable: "DBT_EMPTY", commands: ["build", "run", "seed", "snapshot", "compile"]),
        Flag("store_failures", variable: "DBT_STORE_FAILURES", commands: ["build", "test"], hasNo: false),
        new("event_time_start", OptionKind.Time, ["--event-time-start"], null, "DBT_EVENT_TIME_START", [], ["build", "run"]),
        new("event_time_end", OptionKind.Time, ["--event-time-end"], null, "DBT_EVENT_TIME_END", [], ["build", "run"]),
        Text("sample", variable: "DBT_SAMPLE", commands: ["build", "run"]),
        Flag("export_saved_queries", variable: "DBT_EXPORT_SAVED_QUERIES", commands: ["build"]),
        Flag("include_saved_query", variable: "DBT_INCLUDE_SAVED_QUERY", commands: ["build"]),
        Flag("show", commands: ["build", "seed"], hasNo: false),
        Text("inline", commands: ["compile", "show"]),
        Text("inline_direct", commands: ["show"]),
        Flag("introspect", variable: "DBT_INTROSPECT", commands: ["compile", "show"]),
        Flag("inject_ephemeral_ctes", commands: ["compile"]),
        new("limit", OptionKind.Number, ["--limit"], null, null, [], ["show"]),
        new("output", OptionKind.Choice, ["--output"], null, null, ["json", "text"], ["compile", "show"]),
        new("output", OptionKind.Choice, ["--output"], null, null, ["json", "name", "path", "selector"], ["list"]),
        new("output", OptionKind.Text, ["--output", "-o"], null, null, [], ["source freshness"]),
        new("output_keys", OptionKind.Many, ["--output-keys"], null, null, [], ["list"]),
        new("args", OptionKind.Yaml, ["--args"], null, null, [], ["run-operation"]),
        Flag("compile", commands: ["docs generate"]),
        Flag("empty_catalog", commands: ["docs generate"], hasNo: false),
        Flag("static", commands: ["docs generate"], hasNo: false),
        new("port", OptionKind.Number, ["--port"], null, null, [], ["docs serve"]),
        Text("host", commands: ["docs serve"]),
        Flag("browser", commands: ["docs serve"]),
        Flag("clean_project_files_only", variable: "DBT_CLEAN_PROJECT_FILES_ONLY", commands: ["clean"]),
        Flag("connection", commands: ["debug"], hasNo: false),
        Flag("config_dir", commands: ["debug"], hasNo: false),
        Flag("lock", commands: ["deps"], hasNo: false),
        Flag("upgrade", commands: ["deps"], hasNo: false),
        Text("add_package", commands: ["deps"]),
        Choice("source", ["hub", "git", "local"], null, ["deps"]),
    ];

    private static string[] Except(params string[] commands) => [.. Commands.Except(commands, StringComparer.Ordinal)];

    private static OptionSpec Flag(string name, string? shortName = null, string? variable = null, string[]? commands = null, bool hasNo = true) =>
        new(name, OptionKind.Flag, Names(name, shortName), hasNo ? "--no-" + name.Replace('_', '-') : null, variable, [], commands);

    private static OptionSpec Text(string name, string? shortName = null, string? variable = null, string[]? commands = null) =>
        new(name, OptionKind.Text, Names(name, shortName), null, variable, [], commands);

    private static OptionSpec Choice(string name, string[] choices, string? variable, string[]? commands = null) =>
        new(name, OptionKind.Choice, Names(name, null), null, variable, choices, commands);

    private static string[] Names(string name, string? shortName) => shortName is null ? ["--" + name.Replace('_', '-')] : ["--" + name.Replace('_', '-'), shortName];
}
