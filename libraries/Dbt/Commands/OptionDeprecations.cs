using FhirAspire.Dbt.Compile;

namespace FhirAspire.Dbt.Commands;

/// <summary>Warns of options that dbt will no longer take.</summary>
internal static class OptionDeprecations
{
    public static void Warn(DbtSession session)
    {
        var options = session.Options;
        if (options.WarnErrorOptions is { } rules)
        {
            (string Old, string New)[] renamed = [("include", "error"), ("exclude", "warn")];
            var found = renamed.Where(name => rules.Get(name.Old) is not null).ToList();
            if (found.Count > 0)
            {
                session.Log.Warn("WEOIncludeExcludeDeprecation", $"Found {string.Join(" and ", found.Select(name => $"`{name.Old}`"))} in `warn_error_options` specification.{string.Concat(found.Select(name => $" Please use `{name.New}` instead of `{name.Old}`."))}");
            }
        }

        if (options.Flag(DbtOptions.ByModels) == true)
        {
            session.Log.Warn("ModelParamUsageDeprecation", "Usage of `--models`, `--model`, and `-m` is deprecated in favor of `--select` or `-s`.");
        }

        if (options is { Command: "source freshness", Output: { } path })
        {
            session.Log.Warn("CustomOutputPathInSourceFreshnessDeprecation", $"Custom output path usage `--output {path}` usage detected in `dbt source freshness` command.");
        }
    }
}
