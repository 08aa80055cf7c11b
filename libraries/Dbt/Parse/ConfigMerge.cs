using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>How configurations of several levels become one (https://docs.getdbt.com/reference/define-configs#combining-configs).</summary>
internal static class ConfigMerge
{
    private static readonly HashSet<string> Appended = new(StringComparer.Ordinal) { "tags", "pre-hook", "post-hook", "packages" };
    private static readonly HashSet<string> Updated = new(StringComparer.Ordinal) { "meta", "quoting", "column_types", "docs", "contract" };

    /// <summary>Puts a more specific level over a less specific one.</summary>
    public static void Merge(DbtMap result, DbtMap level)
    {
        foreach (var (rawKey, value) in level)
        {
            var key = rawKey is string text ? HookName(text) : Val.Str(rawKey);
            if (Appended.Contains(key))
            {
                var list = new List<object?>(AsList(result.Get(key)));
                list.AddRange(AsList(value));
                result[key] = list;
            }
            else if (Updated.Contains(key) && value is DbtMap map)
            {
                var merged = result.GetMap(key)?.DeepCopy() ?? [];
                merged.Update(map.DeepCopy());
                result[key] = merged;
            }
            else if (key == "grants" && value is DbtMap grants)
            {
                result[key] = MergeGrants(result.GetMap(key) ?? [], grants);
            }
            else
            {
                result[key] = Val.DeepCopy(value);
            }
        }
    }

    /// <summary>The name under which a hook is kept.</summary>
    public static string HookName(string key) => key switch
    {
        "pre_hook" => "pre-hook",
        "post_hook" => "post-hook",
        _ => key,
    };

    /// <summary>A hook as a mapping: its SQL and whether it runs inside the transaction.</summary>
    public static DbtMap Hook(object? hook)
    {
        switch (hook)
        {
            case DbtMap map:
                return new DbtMap { ["sql"] = Val.Str(map.Get("sql")), ["transaction"] = map.GetBool("transaction", true), ["index"] = map.Get("index") };
            case string text when text.TrimStart().StartsWith('{') && !text.TrimStart().StartsWith("{{", StringComparison.Ordinal) && !text.TrimStart().StartsWith("{%", StringComparison.Ordinal):
                try
                {
                    if (Artifacts.JsonValues.Parse(text) is DbtMap parsed && parsed.ContainsKey("sql"))
                    {
                        return Hook(parsed);
                    }
                }
                catch (System.Text.Json.JsonException)
                {
                    // A statement may begin with a brace; then it is no JSON, and meant as it stands.
                }

                return new DbtMap { ["sql"] = text, ["transaction"] = true, ["index"] = null };
            default:
                return new DbtMap { ["sql"] = Val.Str(hook), ["transaction"] = true, ["index"] = null };
        }
    }

    private static DbtMap MergeGrants(DbtMap current, DbtMap level)
    {
        var merged = current.DeepCopy();
        foreach (var (rawKey, value) in level)
        {
            var key = Val.Str(rawKey);
            if (key.StartsWith('+'))
            {
                key = key[1..].Trim();
                var list = new List<object?>(AsList(merged.Get(key)));
                list.AddRange(AsList(value));
                merged[key] = list;
            }
            else
            {
                merged[key] = AsList(value);
            }
        }

        return merged;
    }

    private static List<object?> AsList(object? value) => value switch
    {
        null => [],
        List<object?> list => list,
        _ => [value],
    };
}
