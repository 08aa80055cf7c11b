using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>The models that say which days and hours there are: metrics over time need one (https://docs.getdbt.com/docs/build/metricflow-time-spine).</summary>
internal static class TimeSpines
{
    private const string LegacyName = "metricflow_time_spine";

    // From the finest to the coarsest, as dbt orders them.
    private static readonly string[] Granularities = ["nanosecond", "microsecond", "millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"];

    /// <summary>What a properties entry says of a time spine, checked against the model's columns.</summary>
    public static DbtMap? Read(DbtNode node, DbtMap data, PropertiesFile file, int line)
    {
        if (data.GetMap("time_spine") is not { } given)
        {
            return null;
        }

        var names = $"[{string.Join(", ", node.Columns.Keys.Select(name => Val.Repr(name)))}]";
        var standard = given.GetString("standard_granularity_column") ?? string.Empty;
        if (!node.Columns.TryGetValue(standard, out var column))
        {
            throw Wrong($"Time spine standard granularity column must be defined on the model. Got invalid column name '{standard}' for model '{node.Name}'. Valid names{(node.LatestVersion is null ? string.Empty : " for latest version")}: {names}.",
                standard, "a column of the model", Text.DidYouMean(standard, node.Columns.Keys));
        }

        if (column.Granularity is null)
        {
            throw Wrong($"Time spine standard granularity column must have a granularity defined. Please add one for column '{standard}' in model '{node.Name}'.", standard, $"a granularity: {string.Join(", ", Granularities)}", $"add 'granularity: day' to the column {standard}");
        }

        var custom = (given.GetList("custom_granularities") ?? []).OfType<DbtMap>().Select(item => new DbtMap { ["name"] = item.Get("name"), ["column_name"] = item.Get("column_name") }).ToList();
        var missing = custom.Select(item => Val.Str(item.Get("column_name") ?? item.Get("name"))).Where(name => !node.Columns.ContainsKey(name)).ToList();
        return missing.Count == 0
            ? new DbtMap { ["standard_granularity_column"] = standard, ["custom_granularities"] = new List<object?>(custom) }
            : throw Wrong($"Time spine custom granularity columns do not exist in the model. Columns not found: [{string.Join(", ", missing.Select(name => Val.Repr(name)))}]; Available columns: {names}", string.Join(", ", missing), "columns of the model", null);

        DbtException Wrong(string message, string found, string expected, string? hint) =>
            new("DBT2308", DbtErrorKind.Parsing, message) { File = file.Path, Line = line, Found = found, Expected = expected, Hint = hint };
    }

    /// <summary>The models that the properties files declare as time spines.</summary>
    public static IEnumerable<DbtNode> Declared(Manifest manifest) => manifest.Nodes.Values.Where(node => node.TimeSpine is not null);

    /// <summary>The model of the name that was a time spine before they were declared, unless it is declared itself.</summary>
    public static DbtNode? Undeclared(Manifest manifest) => Legacy(manifest) is { TimeSpine: null } node ? node : null;

    /// <summary>The granularity of a declared time spine.</summary>
    public static string GranularityOf(DbtNode node) => node.Columns[node.TimeSpine!.GetString("standard_granularity_column")!].Granularity!.ToLowerInvariant();

    /// <summary>Refuses semantic models without a time spine of days or less.</summary>
    /// <exception cref="DbtException">There is none.</exception>
    public static void Require(Manifest manifest)
    {
        var day = Array.IndexOf(Granularities, "day");
        if (FirstSemanticModel(manifest) is { } semantic && Legacy(manifest) is null && !Declared(manifest).Any(node => Array.IndexOf(Granularities, GranularityOf(node)) <= day))
        {
            throw new DbtException("DBT2309", DbtErrorKind.Parsing, "The semantic layer requires a time spine model with granularity DAY or smaller in the project, but none was found. Guidance on creating this model can be found on our docs site (https://docs.getdbt.com/docs/build/metricflow-time-spine).")
            {
                File = semantic.OriginalFilePath, Line = semantic.Line, Found = "semantic models and no time spine", Expected = "a model with 'time_spine' and a column with 'granularity: day'", Hint = "add a model of one row for each day and declare it with time_spine",
            };
        }
    }

    /// <summary>Warns of what dbt will no longer take: a time spine that is known by its name, and a cumulative metric's window beside its type.</summary>
    public static void WarnOfOldWays(DbtSession session, Manifest manifest)
    {
        var metrics = manifest.Semantics.Values.Where(node => node.ResourceType == DbtResourceType.Metric).ToList();
        if (metrics.Count == 0 || !HasSemanticModels(manifest))
        {
            return;
        }

        if (metrics.Find(node => node.Semantic!.GetMap("type_params")! is var given && (given.Get("window") ?? given.Get("grain_to_date")) is not null) is { } old)
        {
            session.Log.Warn("MFCumulativeTypeParamsDeprecation", "Cumulative fields `type_params.window` and `type_params.grain_to_date` have been moved and will soon be deprecated. Please nest those values under `type_params.cumulative_type_params.window` and `type_params.cumulative_type_params.grain_to_date`. See documentation on behavior changes: https://docs.getdbt.com/reference/global-configs/behavior-changes.", old.OriginalFilePath, old.Line);
        }

        if (Undeclared(manifest) is { } spine && !Declared(manifest).Any(node => GranularityOf(node) == "day"))
        {
            session.Log.Warn("MFTimespineWithoutYamlConfigurationDeprecation", "Time spines without YAML configuration are in the process of deprecation. Please add YAML configuration for your 'metricflow_time_spine' model. See documentation on MetricFlow time spines: https://docs.getdbt.com/docs/build/metricflow-time-spine and behavior change documentation: https://docs.getdbt.com/reference/global-configs/behavior-changes.", spine.OriginalFilePath);
        }
    }

    /// <summary>Whether there is anything that needs a time spine.</summary>
    public static bool HasSemanticModels(Manifest manifest) => FirstSemanticModel(manifest) is not null;

    private static DbtNode? FirstSemanticModel(Manifest manifest) => manifest.Semantics.Values.FirstOrDefault(node => node.ResourceType == DbtResourceType.SemanticModel);

    private static DbtNode? Legacy(Manifest manifest) => manifest.Nodes.Values.FirstOrDefault(node => node.Name == LegacyName && node.IsRelational && node.IsEnabled);
}
