using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Graph;

/// <summary>Reads selections from command lines and from <c>selectors.yml</c>.</summary>
internal static class SelectionParser
{
    private static readonly string[] Everything = ["fqn:*", "source:*", "exposure:*", "metric:*", "semantic_model:*", "saved_query:*"];

    private static readonly string[] SelectorKeys = ["name", "description", "definition", "default"];

    /// <summary>The selection of <c>--select</c> and <c>--exclude</c>: blanks unite, commas intersect.</summary>
    public static SelectionSpec FromCommandLine(IReadOnlyList<string>? select, IReadOnlyList<string>? exclude, IndirectSelection indirect) =>
        new SelectionDifference(
            select is null || select.Count == 0 ? Union(Everything, false, indirect) : Union(select, true, indirect),
            exclude is null ? Union([], false, indirect) : Union(exclude, true, indirect))
        {
            Indirect = IndirectSelection.Eager,
        };

    /// <summary>Reads <c>selectors.yml</c>: name, whether it is the default, definition.</summary>
    public static OrderedDictionary<string, (bool IsDefault, SelectionSpec Spec)> FromYaml(DbtMap file, IndirectSelection indirect)
    {
        var result = new OrderedDictionary<string, (bool, SelectionSpec)>(StringComparer.Ordinal);
        if (file.Count == 0)
        {
            return result;
        }

        if (file.Get("selectors") is not List<object?> selectors)
        {
            throw Invalid("selectors.yml must have a list 'selectors'", file.Line, null);
        }

        foreach (var item in selectors)
        {
            if (item is not DbtMap selector || selector.GetString("name") is not { } name || selector.Get("definition") is not { } definition)
            {
                throw Invalid("every selector needs a 'name' and a 'definition'", (item as DbtMap)?.Line ?? file.Line, null);
            }

            if (selector.Keys.Select(Val.Str).FirstOrDefault(key => !SelectorKeys.Contains(key, StringComparer.Ordinal)) is { } unknown)
            {
                throw Invalid($"Could not parse selector file data: the selector '{name}' has a key '{unknown}', and only {string.Join(", ", SelectorKeys)} are known", selector.Line, Text.DidYouMean(unknown, SelectorKeys));
            }

            if (definition is DbtMap map && map.Count > 1 && (map.ContainsKey("union") || map.ContainsKey("intersection")))
            {
                throw Invalid($"Only a single 'union' or 'intersection' key is allowed in a root level selector definition; found {string.Join(",", map.Keys)}.", map.Line, null);
            }

            result[name] = (selector.GetBool("default"), Definition(definition, result, indirect));
        }

        if (result.Count(entry => entry.Value.Item1) > 1)
        {
            throw Invalid("Found multiple selectors with `default: true`", file.Line, "keep one of them");
        }

        return result;
    }

    private static SelectionUnion Union(IReadOnlyList<string> raw, bool mustExist, IndirectSelection indirect)
    {
        var parts = raw.SelectMany(text => text.Split(' ')).Select(SelectionSpec (spec) =>
            new SelectionIntersection([.. spec.Split(',').Select(part => SelectionCriterion.Parse(part, indirect))]) { Indirect = indirect, MustExist = mustExist ? spec : null });
        return new SelectionUnion([.. parts]) { Indirect = indirect };
    }

    private static SelectionSpec Definition(object? definition, OrderedDictionary<string, (bool IsDefault, SelectionSpec Spec)> known, IndirectSelection indirect)
    {
        switch (definition)
        {
            case string text:
                return SelectionCriterion.Parse(text, indirect);
            case DbtMap map when map.ContainsKey("union"):
                return Group(map, "union", known, indirect);
            case DbtMap map when map.ContainsKey("intersection"):
                return Group(map, "intersection", known, indirect);
            case DbtMap map:
                return Criterion(map, known, indirect);
            default:
                throw Invalid($"Expected to find union, intersection, str or dict, instead found {Val.TypeName(definition)}: {Val.Str(definition)}", 0, null);
        }
    }

    private static SelectionSpec Group(DbtMap map, string key, OrderedDictionary<string, (bool IsDefault, SelectionSpec Spec)> known, IndirectSelection indirect)
    {
        var include = new List<SelectionSpec>();
        SelectionSpec? exclude = null;
        foreach (var part in ListOf(map, key))
        {
            if (part is DbtMap partMap && partMap.ContainsKey("exclude") && !partMap.ContainsKey("method"))
            {
                if (exclude is not null)
                {
                    throw Invalid("You cannot provide multiple exclude arguments to the same selector set operator", partMap.Line, null);
                }

                exclude = Exclusions(partMap, known, indirect);
            }
            else
            {
                include.Add(Definition(part, known, indirect));
            }
        }

        SelectionSpec group = key == "union" ? new SelectionUnion(include) : new SelectionIntersection(include);
        return exclude is null ? group : new SelectionDifference(group, exclude);
    }

    private static SelectionSpec? Exclusions(DbtMap map, OrderedDictionary<string, (bool IsDefault, SelectionSpec Spec)> known, IndirectSelection indirect)
    {
        var parts = ListOf(map, "exclude").Select(part => Definition(part, known, indirect)).ToList();
        return parts.Count switch
        {
            0 => null,
            1 => parts[0],
            _ => new SelectionUnion(parts),
        };
    }

    private static SelectionSpec Criterion(DbtMap map, OrderedDictionary<string, (bool IsDefault, SelectionSpec Spec)> known, IndirectSelection indirect)
    {
        string method;
        object? value;
        SelectionSpec? exclude = null;
        if (map.Count == 1)
        {
            var (key, only) = map.First();
            (method, value) = (Val.Str(key), only);
        }
        else if (map.GetString("method") == "selector")
        {
            var name = Val.Str(map.Get("value"));
            if (!known.TryGetValue(name, out var inherited))
            {
                throw Invalid($"Existing selector definition for {name} not found.", map.Line, Text.DidYouMean(name, known.Keys));
            }

            return Related(inherited.Spec, map);
        }
        else if (map.GetString("method") is { } named && map.ContainsKey("value"))
        {
            (method, value) = (named, map.Get("value"));
            exclude = map.ContainsKey("exclude") ? Exclusions(map, known, indirect) : null;
        }
        else
        {
            throw Invalid($"Expected either 1 key or else \"method\" and \"value\" keys, but got {Val.Repr(map.Keys.ToList())}", map.Line, null);
        }

        var (name2, arguments) = SelectionCriterion.SplitMethod(method, Val.Str(value));
        var criterion = new SelectionCriterion(name2, arguments, value)
        {
            Raw = $"{method}:{Val.Str(value)}",
            Indirect = map.GetString("indirect_selection") is { } own ? ParseIndirect(own) : indirect,
            ChildrensParents = Val.IsTruthy(map.Get("childrens_parents")),
            Parents = Val.IsTruthy(map.Get("parents")),
            ParentsDepth = Depth(map.Get("parents_depth")),
            Children = Val.IsTruthy(map.Get("children")),
            ChildrenDepth = Depth(map.Get("children_depth")),
        };
        criterion.Check();
        return exclude is null ? criterion : new SelectionDifference(criterion, exclude);
    }

    // dbt takes an inherited definition as it stands: parents and children beside it have no effect.
    private static SelectionSpec Related(SelectionSpec spec, DbtMap map)
    {
        _ = map;
        return spec;
    }

    public static IndirectSelection ParseIndirect(string text) =>
        Enum.TryParse<IndirectSelection>(text, ignoreCase: true, out var value) && Enum.IsDefined(value)
            ? value
            : throw Invalid($"'{text}' is not a valid IndirectSelection", 0, "use eager, cautious, buildable or empty");

    private static int? Depth(object? value) => value switch
    {
        null => null,
        long number => (int)number,
        _ => int.TryParse(Val.Str(value), out var number) ? number : throw Invalid($"Invalid node spec - could not handle parent depth {Val.Str(value)}", 0, null),
    };

    private static List<object?> ListOf(DbtMap map, string key) =>
        map.Get(key) as List<object?> ?? throw Invalid($"Invalid value for key \"{key}\". Expected a list.", map.Line, null);

    private static DbtException Invalid(string message, int line, string? hint) =>
        new("DBT5004", DbtErrorKind.Runtime, message) { File = "selectors.yml", Line = line == 0 ? null : line, Hint = hint };
}
