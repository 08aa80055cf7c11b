using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>
/// Notes on keys that are nearly those that mean something: dbt takes any key of a configuration, so that a misspelt one does nothing and nobody is told.
/// A note is no warning: <c>--warn-error</c> gives what it gives with dbt.
/// </summary>
internal static class ConfigHints
{
    private static readonly string[] Sections =
    [
        "version", "models", "seeds", "snapshots", "sources", "macros", "analyses", "data_tests", "tests", "exposures", "groups", "unit_tests", "semantic_models", "metrics", "saved_queries", "functions",
    ];

    // What materializations of dbt and its adapters read besides what is declared.
    private static readonly HashSet<string> Known = new(
        [
            .. Enum.GetValues<DbtResourceType>().SelectMany(ConfigDefaults.Declared), "sql_header", "indexes", "unlogged", "incremental_predicates", "predicates", "merge_update_columns", "merge_exclude_columns",
            "merge_update_condition", "merge_insert_condition", "merge_update_set_expressions", "merge_on_using_columns", "merge_returning_columns", "merge_clauses", "hard_deletes", "invalidate_hard_deletes",
            "pre_hook", "post_hook", "partition_by", "cluster_by", "partitioned_by", "sorted_by", "location", "format", "options", "transient", "automatic_clustering", "query_tag", "copy_grants", "secure",
            "snowflake_warehouse", "target_lag", "refresh_mode", "initialize", "tmp_relation_type", "file_format", "description", "identifier", "owner", "name", "external_location", "glue_register", "overwrite_options",
        ], StringComparer.Ordinal);

    /// <summary>Says which configurations are probably misspelt, each once.</summary>
    public static void Say(DbtSession session, Manifest manifest)
    {
        var seen = new HashSet<string>(Known, StringComparer.Ordinal);
        foreach (var node in manifest.Nodes.Values.Concat(manifest.Sources.Values))
        {
            foreach (var key in node.UnrenderedConfig.Keys.OfType<string>().Concat(node.ConfigCall.Keys.OfType<string>()))
            {
                if (seen.Add(key) && Near(key, Known) is { } hint)
                {
                    session.Log.Info($"Note: {node.Subject} is configured with '{key}', which means nothing to dbt: {hint}");
                }
            }
        }
    }

    /// <summary>Says which lists of a properties file are probably misspelt.</summary>
    public static void Say(DbtSession session, PropertiesFile file)
    {
        foreach (var key in file.Content.Keys.OfType<string>().Where(key => !Sections.Contains(key, StringComparer.Ordinal)))
        {
            if (Near(key, Sections) is { } hint)
            {
                session.Log.Note($"Note: {file.Path} has a key '{key}', which means nothing to dbt: {hint}", file.Path);
            }
        }
    }

    // Keys of one's own are common, and short ones are easily near to something.
    private static string? Near(string key, IEnumerable<string> known) => Text.Nearest(key, known, key.Length < 6 ? 1 : 2) is { } near ? $"did you mean '{near}'?" : null;
}
