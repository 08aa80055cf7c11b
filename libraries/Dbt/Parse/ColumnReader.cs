using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Columns of a properties entry.</summary>
internal static class ColumnReader
{
    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        "name", "description", "meta", "data_type", "constraints", "quote", "config", "tags", "granularity", "tests", "data_tests", "doc_blocks", "dimension", "entity", "policy_tags",
    };

    public static OrderedDictionary<string, ColumnInfo> Read(DbtMap data, PropertiesFile file)
    {
        var columns = new OrderedDictionary<string, ColumnInfo>(StringComparer.Ordinal);
        foreach (var item in ListOf(data, file))
        {
            var column = ReadOne(item, file);
            columns[column.Name] = column;
        }

        return columns;
    }

    public static IEnumerable<DbtMap> ListOf(DbtMap data, PropertiesFile file)
    {
        switch (data.Get("columns"))
        {
            case null:
                yield break;
            case List<object?> list:
                foreach (var item in list)
                {
                    yield return item is DbtMap map && (map.ContainsKey("name") || map.ContainsKey("include"))
                        ? map
                        : throw file.Invalid($"Invalid column in {file.Path}: {Val.Repr(item)}", (item as DbtMap)?.Line ?? data.Line, Val.Repr(item), "a mapping with a 'name'");
                }

                yield break;
            case var other:
                throw file.Invalid($"'columns' must be a list, got {Val.TypeName(other)}", data.Line, Val.TypeName(other), "a list of columns");
        }
    }

    public static ColumnInfo ReadOne(DbtMap map, PropertiesFile file)
    {
        var config = map.GetMap("config") ?? [];
        var meta = map.GetMap("meta")?.DeepCopy() ?? [];
        meta.Update(config.GetMap("meta") ?? []);
        var tags = Val.StringList(map.Get("tags"));
        tags.AddRange(Val.StringList(config.Get("tags")).Where(tag => !tags.Contains(tag, StringComparer.Ordinal)));
        var column = new ColumnInfo
        {
            Name = Val.Str(map.Get("name")),
            Description = map.GetString("description") ?? string.Empty,
            DataType = map.Get("data_type") is { } type ? Val.Str(type) : null,
            Quote = map.Get("quote") as bool?,
            Meta = meta,
            Tags = tags,
            Config = config,
            Granularity = map.GetString("granularity"),
            Constraints = [.. (map.GetList("constraints") ?? []).OfType<DbtMap>().Select(item => Constraint(item, file, isColumn: true))],
        };
        foreach (var (key, value) in map)
        {
            if (key is string name && !Known.Contains(name))
            {
                column.Extra[name] = value;
            }
        }

        return column;
    }

    public static DbtMap Constraint(DbtMap map, PropertiesFile file, bool isColumn)
    {
        var type = map.GetString("type");
        if (type is not ("check" or "not_null" or "unique" or "primary_key" or "foreign_key" or "custom"))
        {
            throw file.Invalid($"Invalid constraint type: {Val.Repr(map.Get("type"))}. Type must be one of ['check', 'not_null', 'unique', 'primary_key', 'foreign_key', 'custom']", map.Line, Val.Repr(map.Get("type")),
                "check, not_null, unique, primary_key, foreign_key or custom", type is null ? null : Text.DidYouMean(type, ["check", "not_null", "unique", "primary_key", "foreign_key", "custom"]));
        }

        var constraint = new DbtMap
        {
            ["type"] = type, ["name"] = map.Get("name"), ["expression"] = map.Get("expression"), ["warn_unenforced"] = map.Get("warn_unenforced") ?? true, ["warn_unsupported"] = map.Get("warn_unsupported") ?? true,
            ["to"] = map.Get("to"), ["to_columns"] = map.Get("to_columns") ?? new List<object?>(),
        };
        if (!isColumn)
        {
            constraint["columns"] = map.Get("columns") ?? new List<object?>();
        }

        return constraint;
    }
}
