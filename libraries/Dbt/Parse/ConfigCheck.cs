using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Types and combinations that a finished configuration must have.</summary>
internal static class ConfigCheck
{
    private static readonly string[] Texts = ["alias", "schema", "database", "group", "materialized", "incremental_strategy", "on_schema_change", "strategy", "target_schema", "target_database", "where", "fail_calc", "warn_if", "error_if", "delimiter", "store_failures_as"];
    private static readonly string[] Flags = ["enabled", "full_refresh", "store_failures", "quote_columns"];
    private static readonly string[] Maps = ["meta", "persist_docs", "quoting", "column_types", "grants", "docs", "contract"];

    /// <exception cref="DbtException">A value has the wrong type, or values contradict each other.</exception>
    public static void Check(DbtNode node)
    {
        var config = node.Config;
        if (config.Get("tags") is { } tags && !(tags is List<object?> list && list.TrueForAll(item => item is string)))
        {
            throw Invalid(node, "tags", tags, "is not valid under any of the given schemas", "a text or a list of texts");
        }

        foreach (var key in Texts)
        {
            if (config.Get(key) is { } value and not string)
            {
                throw Invalid(node, key, value, "is not of type 'string'", "a text");
            }
        }

        foreach (var key in Flags)
        {
            if (config.Get(key) is { } value and not bool)
            {
                throw Invalid(node, key, value, "is not of type 'boolean'", "true or false");
            }
        }

        foreach (var key in Maps)
        {
            if (config.Get(key) is { } value and not DbtMap)
            {
                throw Invalid(node, key, value, "is not of type 'object'", "a mapping");
            }
        }

        if (config.Get("unique_key") is { } unique && unique is not string && !(unique is List<object?> parts && parts.TrueForAll(part => part is string)))
        {
            throw Invalid(node, "unique_key", unique, "is not valid under any of the given schemas", "a column, or a list of columns");
        }

        if (node.ResourceType == DbtResourceType.Test)
        {
            if (config.Get("severity") is { } severity && !(severity is string text && (text.Equals("warn", StringComparison.OrdinalIgnoreCase) || text.Equals("error", StringComparison.OrdinalIgnoreCase))))
            {
                throw Error(node, $"Severity must be either 'warn' or 'error'. Got '{Val.Str(severity)}'", Val.Str(severity), "warn or error");
            }

            if (config.Get("materialized") is not ("test" or null))
            {
                throw Error(node, "A test must have a materialized value of 'test'", Val.Str(config.Get("materialized")), "test");
            }

            return;
        }

        if (Val.IsTruthy(config.GetMap("contract")?.Get("enforced")) && config.GetString("materialized") == "incremental" && config.GetString("on_schema_change") is not ("append_new_columns" or "fail"))
        {
            throw Error(node, $"Invalid value for on_schema_change: {Val.Str(config.Get("on_schema_change"))}. Models materialized as incremental with contracts enabled must set on_schema_change to 'append_new_columns' or 'fail'",
                Val.Str(config.Get("on_schema_change")), "append_new_columns or fail");
        }

        if (node.ResourceType == DbtResourceType.Model && config.Get("access") is { } access && access is not ("private" or "protected" or "public"))
        {
            throw Error(node, $"Node {node.UniqueId} has an invalid value ({Val.Str(access)}) for the access field", Val.Str(access), "private, protected or public");
        }
    }

    /// <summary>What a snapshot needs once its file and its properties are read.</summary>
    /// <exception cref="DbtException">Something is missing.</exception>
    public static void CheckSnapshot(DbtNode node)
    {
        var config = node.Config;
        var strategy = config.GetString("strategy");
        var columns = config.Get("check_cols");
        if (string.IsNullOrEmpty(strategy) || !Val.IsTruthy(config.Get("unique_key")))
        {
            throw Error(node, "Snapshots must be configured with a 'strategy' and 'unique_key'.", string.IsNullOrEmpty(strategy) ? "no strategy" : "no unique_key", "both");
        }

        if (strategy == "check" && !Val.IsTruthy(columns))
        {
            throw Error(node, "A snapshot configured with the check strategy must specify a check_cols configuration.", "no check_cols", "check_cols: all, or a list of columns");
        }

        if (strategy == "check" && columns is string text && text != "all")
        {
            throw Error(node, $"Invalid value for 'check_cols': {text}. Expected 'all' or a list of strings.", text, "all, or a list of columns");
        }

        if (strategy == "timestamp" && !Val.IsTruthy(config.Get("updated_at")))
        {
            throw Error(node, "A snapshot configured with the timestamp strategy must specify an updated_at configuration.", "no updated_at", "updated_at: a column");
        }

        if (strategy == "timestamp" && Val.IsTruthy(columns))
        {
            throw Error(node, "A 'timestamp' snapshot should not have 'check_cols'", Val.Repr(columns), "no check_cols");
        }

        if (config.GetString("materialized") is { Length: > 0 } materialized && materialized != "snapshot")
        {
            throw Error(node, "A snapshot must have a materialized value of 'snapshot'", materialized, "snapshot");
        }
    }

    private static DbtException Invalid(DbtNode node, string key, object value, string what, string expected) =>
        Error(node, $"at path ['{key}']: {Val.Repr(value)} {what}", Val.Repr(value), expected);

    private static DbtException Error(DbtNode node, string message, string found, string expected) =>
        new("DBT3001", DbtErrorKind.Parsing, message) { File = node.OriginalFilePath, Found = found, Expected = expected, Subject = null };
}
