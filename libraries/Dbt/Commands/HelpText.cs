using System.Text;

namespace FhirAspire.Dbt.Commands;

/// <summary>What <c>--help</c> prints: of dbt, and of a single command.</summary>
internal static class HelpText
{
    private const int Left = 34;

    private static readonly (string Command, string Does)[] Commands =
    [
        ("build", "run seeds, snapshots, models and their tests in graph order"),
        ("clean", "remove the folders of clean-targets"),
        ("clone", "make relations of another state's nodes in this target"),
        ("compile", "compile models, tests, analyses; with --inline a query"),
        ("debug", "check project, profile and connection"),
        ("deps", "install the packages of packages.yml"),
        ("docs generate", "write manifest.json and catalog.json"),
        ("list", "list nodes; also: ls"),
        ("parse", "read the project and write manifest.json"),
        ("retry", "run again what failed the last time"),
        ("run", "run models"),
        ("run-operation", "call a macro"),
        ("seed", "load CSV files"),
        ("show", "show rows of a node; with --inline of a query"),
        ("snapshot", "run snapshots"),
        ("source freshness", "check how old sources are"),
        ("test", "run tests"),
    ];

    // An option without a line here is read, so that a command line written for dbt runs, and changes nothing.
    private static readonly Dictionary<string, string> Options = new(StringComparer.Ordinal)
    {
        ["select"] = "the nodes to work on, such as staging+ tag:daily path:models/marts",
        ["exclude"] = "nodes that are left out of them",
        ["selector"] = "a selection of selectors.yml",
        ["resource_types"] = "only nodes of these types",
        ["exclude_resource_types"] = "no nodes of these types",
        ["indirect_selection"] = "which tests go with selected nodes (default: eager)",
        ["state"] = "a folder with the artifacts of an earlier run, to compare with",
        ["defer"] = "take what is not selected, and not here, from the state's database objects",
        ["defer_state"] = "the state to defer to, where it is another one",
        ["favor_state"] = "with --defer: also what is here",
        ["full_refresh"] = "make incremental models and seeds anew",
        ["fail_fast"] = "stop at the first failure",
        ["threads"] = "how many nodes run at a time (default: the profile's)",
        ["single_threaded"] = "one node at a time",
        ["vars"] = "variables, over those of dbt_project.yml",
        ["args"] = "the macro's arguments",
        ["target"] = "the target of the profile",
        ["profile"] = "the profile, instead of the project's",
        ["profiles_dir"] = "the folder of profiles.yml",
        ["project_dir"] = "the folder of dbt_project.yml",
        ["target_path"] = "the folder of artifacts and compiled files (default: target)",
        ["store_failures"] = "keep the rows that fail a test in tables",
        ["empty"] = "build without rows: refs and sources give none",
        ["sample"] = "only rows of a time window, such as '3 days'",
        ["event_time_start"] = "the first batch of microbatch models",
        ["event_time_end"] = "the end of the last batch of microbatch models",
        ["inline"] = "a query with Jinja, instead of a node",
        ["inline_direct"] = "a query without Jinja, instead of a node",
        ["introspect"] = "whether templates may ask the database while they are compiled",
        ["inject_ephemeral_ctes"] = "whether ephemeral models are put into what is compiled",
        ["limit"] = "how many rows are shown (default: 5)",
        ["output"] = "the form of the output; of source freshness: its file",
        ["output_keys"] = "with --output json: only these keys",
        ["show"] = "show rows of what was loaded",
        ["compile"] = "whether nodes are compiled first",
        ["empty_catalog"] = "write a catalog without asking the database",
        ["add_package"] = "refused: packages are added in packages.yml",
        ["clean_project_files_only"] = "refuse folders outside of the project",
        ["warn_error"] = "take every warning for an error",
        ["warn_error_options"] = "which warnings are errors, such as '{error: all, silence: [Name]}'",
        ["log_format"] = "lines for people, or one JSON event a line",
        ["log_level"] = "the least level of lines that are written (default: info)",
        ["debug"] = "also lines of level debug",
        ["quiet"] = "errors and the output alone",
        ["print"] = "whether print() of macros writes",
        ["partial_parse"] = "whether unchanged files are taken from the last parse",
        ["populate_cache"] = "whether the database is asked for its relations at the start",
        ["version_check"] = "whether require-dbt-version counts",
        ["upgrade"] = "take the newest versions that are allowed, whatever package-lock.yml says",
        ["write_json"] = "whether artifacts are written",
    };

    public static readonly string Text = $"""
        Usage: dbt COMMAND [OPTIONS]

        Commands:
        {string.Join('\n', Commands.Select(command => $"  {command.Command,-18} {command.Does}"))}

        dbt COMMAND --help lists the options of a command; they are those of dbt.

        Examples:
          dbt build --project-dir path/to/project
          dbt run --select staging+ --exclude tag:slow --threads 4
          dbt ls --select state:modified+ --state path/to/artifacts --output json
        """;

    /// <summary>The options of a command, those that few commands have first.</summary>
    public static string Of(string command)
    {
        var options = OptionTable.All.Where(option => option.Commands is null || option.Commands.Contains(command, StringComparer.Ordinal)).ToList();
        var text = new StringBuilder($"Usage: dbt {command}{(command == "run-operation" ? " MACRO" : "")} [OPTIONS]\n");
        if (Array.Find(Commands, item => item.Command == command) is { Does: { } does })
        {
            text.Append($"\n  {does}\n");
        }

        List(text, "Options:", options.Where(option => option.Commands is not null));
        List(text, "Options of all commands:", options.Where(option => option.Commands is null));
        var idle = options.Where(option => !Options.ContainsKey(option.Name)).Select(option => option.Names[0]).ToList();
        if (idle.Count > 0)
        {
            text.Append($"\nAlso taken, without effect: {string.Join(", ", idle)}\n");
        }

        return text.ToString().TrimEnd();
    }

    private static void List(StringBuilder text, string title, IEnumerable<OptionSpec> options)
    {
        var described = options.Where(option => Options.ContainsKey(option.Name)).OrderBy(option => option.Name, StringComparer.Ordinal).ToList();
        if (described.Count == 0)
        {
            return;
        }

        text.Append($"\n{title}\n");
        foreach (var option in described)
        {
            var names = string.Join(", ", option.Names.Concat(option.NoName is null ? [] : [option.NoName]));
            var value = option.Kind switch
            {
                OptionKind.Flag => "",
                OptionKind.Number => " N",
                OptionKind.Yaml => " YAML",
                OptionKind.Time => " TIME",
                OptionKind.Many => " NAME...",
                OptionKind.ManyChoice => " TYPE...",
                _ when option.Choices.Length > 0 => $" {string.Join('|', option.Choices)}",
                _ => " TEXT",
            };
            var left = $"  {names}{value}";
            text.Append(left.Length < Left ? left.PadRight(Left) : $"{left}\n{new string(' ', Left)}").Append(Options[option.Name]);
            text.Append(option.Variable is null ? "\n" : $" [{option.Variable}]\n");
        }
    }
}
