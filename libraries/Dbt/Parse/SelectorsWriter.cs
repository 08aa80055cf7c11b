using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Selectors as the manifest has them: every criterion written out.</summary>
internal static class SelectorsWriter
{
    public static DbtMap Expand(DbtMap file)
    {
        var result = new DbtMap();
        foreach (var selector in (file.GetList("selectors") ?? []).OfType<DbtMap>())
        {
            var name = Val.Str(selector.Get("name"));
            var entry = new DbtMap { ["name"] = name };
            if (selector.Get("description") is { } description)
            {
                entry["description"] = description;
            }

            if (selector.Get("default") is { } isDefault)
            {
                entry["default"] = isDefault;
            }

            entry["definition"] = Definition(selector.Get("definition"), result);
            result[name] = entry;
        }

        return result;
    }

    private static object? Definition(object? definition, DbtMap known)
    {
        switch (definition)
        {
            case string text:
                return Criterion(text);
            case DbtMap map when map.GetList("union") is { } union:
                return new DbtMap { ["union"] = union.ConvertAll(item => Definition(item, known)) };
            case DbtMap map when map.GetList("intersection") is { } intersection:
                return new DbtMap { ["intersection"] = intersection.ConvertAll(item => Definition(item, known)) };
            case DbtMap map when map.Count == 1 && map.ContainsKey("exclude"):
                return new DbtMap { ["exclude"] = (map.GetList("exclude") ?? []).ConvertAll(item => Definition(item, known)) };
            case DbtMap map when map.Count == 1:
                var (key, value) = map.First();
                return new DbtMap { ["method"] = Val.Str(key), ["value"] = value };
            case DbtMap map when map.GetString("method") == "selector":
                return known.GetMap(Val.Str(map.Get("value")))?.Get("definition");
            case DbtMap map:
                var copy = map.DeepCopy();
                if (copy.GetList("exclude") is { } exclude)
                {
                    copy["exclude"] = exclude.ConvertAll(item => Definition(item, known));
                }

                return copy;
            default:
                return definition;
        }
    }

    private static DbtMap Criterion(string text)
    {
        var criterion = SelectionCriterion.Parse(text, IndirectSelection.Eager);
        var map = new DbtMap();
        if (criterion.ChildrensParents)
        {
            map["childrens_parents"] = true;
        }

        if (criterion.Parents)
        {
            map["parents"] = true;
        }

        if (criterion.ParentsDepth is { } up)
        {
            map["parents_depth"] = up.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        map["method"] = string.Join('.', criterion.Arguments.Prepend(criterion.Method));
        map["value"] = criterion.Value;
        if (criterion.Children)
        {
            map["children"] = true;
        }

        if (criterion.ChildrenDepth is { } down)
        {
            map["children_depth"] = down.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return map;
    }
}
