using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Builtins;

/// <content>The filters of Jinja2, part two: sequences and mappings.</content>
internal static partial class BuiltinFilters
{
    private static void AddSequences(Dictionary<string, FilterEntry> table)
    {
        table["batch"] = FilterEntry.Of("do_batch", "value, linecount, fill_with=None", (_, a) => new JinjaGenerator(Batch(a[0], a[1], a[2]), "do_batch"));
        table["slice"] = FilterEntry.Of("sync_do_slice", "value, slices, fill_with=None", (_, a) => new JinjaGenerator(Slice(a[0], a[1], a[2]), "sync_do_slice"));
        table["dictsort"] = FilterEntry.Of("do_dictsort", "value, case_sensitive=False, by='key', reverse=False", (_, a) => DictSort(a));
        table["first"] = FilterEntry.Of("sync_do_first", "seq", (c, a) => First(c, Ops.Iterate(a[0])), 1);
        table["last"] = FilterEntry.Of("do_last", "seq", (c, a) => Last(c, a[0]), 1);
        table["groupby"] = FilterEntry.Of("sync_do_groupby", "value, attribute, default=None, case_sensitive=False", GroupBy, 1);
        table["items"] = FilterEntry.Of("do_items", "value", (_, a) => new JinjaGenerator(Items(a[0]), "do_items"));
        table["join"] = FilterEntry.Of("sync_do_join", "value, d='', attribute=None", Join, 1);
        table["list"] = FilterEntry.Of("sync_do_list", "value", (_, a) => new JinjaList(Ops.Iterate(a[0])));
        table["map"] = FilterEntry.Raw("sync_do_map", (c, p, k) => new JinjaGenerator(Map(c, p, k), "sync_do_map"), passContext: true);
        table["max"] = FilterEntry.Of("do_max", "value, case_sensitive=False, attribute=None", (c, a) => Extreme(c, a, max: true), 1);
        table["min"] = FilterEntry.Of("do_min", "value, case_sensitive=False, attribute=None", (c, a) => Extreme(c, a, max: false), 1);
        table["random"] = FilterEntry.Raw("do_random", (c, p, _) => Random(c, p[0]), passContext: true);
        table["reject"] = FilterEntry.Raw("sync_do_reject", (c, p, k) => new JinjaGenerator(Select(c, p, k, attribute: false, keep: false), "select_or_reject"), passContext: true);
        table["rejectattr"] = FilterEntry.Raw("sync_do_rejectattr", (c, p, k) => new JinjaGenerator(Select(c, p, k, attribute: true, keep: false), "select_or_reject"), passContext: true);
        table["select"] = FilterEntry.Raw("sync_do_select", (c, p, k) => new JinjaGenerator(Select(c, p, k, attribute: false, keep: true), "select_or_reject"), passContext: true);
        table["selectattr"] = FilterEntry.Raw("sync_do_selectattr", (c, p, k) => new JinjaGenerator(Select(c, p, k, attribute: true, keep: true), "select_or_reject"), passContext: true);
        table["reverse"] = FilterEntry.Of("do_reverse", "value", (_, a) => Reverse(a[0]));
        table["sort"] = FilterEntry.Of("do_sort", "value, reverse=False, case_sensitive=False, attribute=None", Sort, 1);
        table["sum"] = FilterEntry.Of("sync_do_sum", "iterable, attribute=None, start=0", Sum, 1);
        table["unique"] = FilterEntry.Of("sync_do_unique", "value, case_sensitive=False, attribute=None", (c, a) => new JinjaGenerator(Unique(c, a), "sync_do_unique"), 1);
    }

    private static object? IgnoreCase(object? value) => Ops.TryText(value, out var text) ? Runtime.Text.Lower(text) : value;

    private static object?[] Parts(object? attribute)
    {
        if (attribute is null)
        {
            return [];
        }

        return Ops.TryText(attribute, out var text)
            ? [.. text.Split('.').Select(part => part.Length > 0 && part.All(char.IsDigit) ? Numbers.ParseInt(part, 10) : part)]
            : [attribute];
    }

    private static Func<object?, object?> Getter(JinjaContext context, object? attribute, bool ignoreCase = false, object? otherwise = null)
    {
        var parts = Parts(attribute);
        var environment = context.Environment;
        return item =>
        {
            foreach (var part in parts)
            {
                item = Access.Item(environment, item, part);
                if (otherwise is not null && item is JinjaUndefined)
                {
                    item = otherwise;
                }
            }

            return ignoreCase ? IgnoreCase(item) : item;
        };
    }

    private static IEnumerable<object?> Batch(object? value, object? size, object? fill)
    {
        var group = new List<object?>();
        foreach (var item in Ops.Iterate(value))
        {
            if (Equality.Same(Boxed.Of((long)group.Count), size))
            {
                yield return new JinjaList(group, own: true);
                group = [];
            }

            group.Add(item);
        }

        if (group.Count > 0)
        {
            if (fill is not null && Ops.Less(Boxed.Of((long)group.Count), size))
            {
                var missing = Ops.ToIndex(size) - group.Count;
                Ops.Guard(missing);
                group.AddRange(Enumerable.Repeat(fill, (int)missing));
            }

            yield return new JinjaList(group, own: true);
        }
    }

    private static IEnumerable<object?> Slice(object? value, object? slices, object? fill)
    {
        var items = Ops.Iterate(value).ToList();
        var count = Ops.ToInt(slices);
        if (count == 0)
        {
            throw Fault.Zero("integer division or modulo by zero");
        }

        if (count < 0)
        {
            yield break;
        }

        var (each, extra) = (items.Count / count, items.Count % count);
        var offset = 0;
        for (var i = 0; i < count; i++)
        {
            var start = offset + (i * each);
            if (i < extra)
            {
                offset++;
            }

            var end = offset + ((i + 1) * each);
            var part = items.GetRange(start, end - start);
            if (fill is not null && i >= extra)
            {
                part.Add(fill);
            }

            yield return new JinjaList(part, own: true);
        }
    }

    private static JinjaList DictSort(object?[] a)
    {
        var by = Repr.Str(a[2]);
        if (by is not ("key" or "value"))
        {
            throw Fault.FilterArgument("You can only sort by either \"key\" or \"value\"");
        }

        if (a[0] is not JinjaDict dict)
        {
            throw a[0] is JinjaUndefined undefined ? undefined.Error() : Fault.Attribute($"'{Types.Short(a[0])}' object has no attribute 'items'");
        }

        var items = dict.Entries.Select(entry => (object?)new JinjaTuple(entry.Key, entry.Value)).ToList();
        var keys = dict.Entries.Select(entry => by == "key" ? entry.Key : entry.Value).Select(key => Ops.IsTrue(a[1]) ? key : IgnoreCase(key)).ToList();
        Ops.Sort(items, keys, Ops.IsTrue(a[3]));
        return new JinjaList(items, own: true);
    }

    private static object? First(JinjaContext context, IEnumerable<object?> items)
    {
        foreach (var item in items)
        {
            return item;
        }

        return context.Environment.UndefinedHint("No first item, sequence was empty.");
    }

    private static IEnumerable<object?> Reversed(object? value) => value switch
    {
        JinjaList list => Enumerable.Range(0, list.Count).Select(i => list.Items[list.Count - 1 - i]),
        JinjaTuple tuple => tuple.Items.Reverse(),
        string or StringValue or JinjaDict or JinjaRange or JinjaBytes or DictView => Ops.Iterate(value).Reverse(),
        JinjaUndefined undefined => throw undefined.Error(),
        _ => throw Fault.Type($"'{Types.Short(value)}' object is not reversible"),
    };

    private static object? Last(JinjaContext context, object? value)
    {
        if (value is JinjaUndefined { Kind: not UndefinedKind.Strict })
        {
            return context.Environment.UndefinedHint("No last item, sequence was empty.");
        }

        if (value is JinjaList { Count: > 0 } list)
        {
            return list.Items[^1];
        }

        foreach (var item in Reversed(value))
        {
            return item;
        }

        return context.Environment.UndefinedHint("No last item, sequence was empty.");
    }

    private static object? Reverse(object? value)
    {
        if (Ops.TryText(value, out var text))
        {
            return value is Markup ? new Markup(Runtime.Text.Reverse(text)) : Runtime.Text.Reverse(text);
        }

        if (value is JinjaList or JinjaTuple or JinjaDict or JinjaRange or JinjaBytes or DictView)
        {
            var type = value switch { JinjaList => "list_reverseiterator", JinjaDict => "dict_reversekeyiterator", JinjaRange => "range_iterator", _ => "reversed" };
            return new JinjaGenerator(Reversed(value), "reversed", type);
        }

        var items = (Ops.TryIterate(value) ?? throw Fault.FilterArgument("argument must be iterable")).ToList();
        items.Reverse();
        return new JinjaList(items, own: true);
    }

    private static JinjaList GroupBy(JinjaContext context, object?[] a)
    {
        var insensitive = !Ops.IsTrue(a[3]);
        var key = Getter(context, a[1], insensitive, a[2]);
        var items = Ops.Iterate(a[0]).ToList();
        var keys = items.Select(key).ToList();
        Ops.Sort(items, keys, reverse: false);
        var groups = new List<(object? Key, List<object?> Items)>();
        foreach (var item in items)
        {
            var current = key(item);
            if (groups.Count == 0 || !Equality.Same(groups[^1].Key, current))
            {
                groups.Add((current, []));
            }

            groups[^1].Items.Add(item);
        }

        var label = Getter(context, a[1], false, a[2]);
        return new JinjaList(groups.Select(group => (object?)new GroupTuple(insensitive ? label(group.Items[0]) : group.Key, new JinjaList(group.Items, own: true))));
    }

    private static IEnumerable<object?> Items(object? value)
    {
        if (value is JinjaUndefined)
        {
            yield break;
        }

        if (value is JinjaDict dict)
        {
            foreach (var (key, item) in dict.Entries)
            {
                yield return new JinjaTuple(key, item);
            }

            yield break;
        }

        if (value is not JinjaObject { IsMapping: true } mapping)
        {
            throw Fault.Type("Can only get item pairs from a mapping.");
        }

        foreach (var key in Ops.Iterate(mapping))
        {
            yield return new JinjaTuple(key, mapping.TryGetItem(key, out var item) ? item : null);
        }
    }

    private static object Join(JinjaContext context, object?[] a)
    {
        var items = Ops.Iterate(a[0]);
        if (a[2] is not null)
        {
            items = items.Select(Getter(context, a[2]));
        }

        if (!context.Autoescape)
        {
            var joined = string.Join(Repr.Str(a[1]), items.Select(Repr.Str));
            Ops.Guard(joined.Length);
            return joined;
        }

        var all = items.ToList();
        if (!all.Exists(item => item is Markup) && a[1] is not Markup)
        {
            return string.Join(Repr.Str(a[1]), all.Select(Repr.Str));
        }

        return new Markup(string.Join(Repr.Str(Escape(a[1])), all.Select(item => Repr.Str(Escape(item)))));
    }

    private static IEnumerable<object?> Map(JinjaContext context, object?[] positional, KeyValuePair<string, object?>[] keywords)
    {
        if (!Ops.IsTrue(positional[0]))
        {
            yield break;
        }

        Func<object?, object?> function;
        if (positional.Length == 1 && Array.Exists(keywords, pair => pair.Key == "attribute"))
        {
            object? attribute = null;
            object? otherwise = null;
            foreach (var (name, value) in keywords)
            {
                switch (name)
                {
                    case "attribute":
                        attribute = value;
                        break;
                    case "default":
                        otherwise = value;
                        break;
                    default:
                        throw Fault.FilterArgument($"Unexpected keyword argument {Repr.Of(name)}");
                }
            }

            function = Getter(context, attribute, false, otherwise);
        }
        else if (positional.Length > 1)
        {
            var name = Repr.Str(positional[1]);
            FilterEntry? entry = null;
            function = item =>
            {
                entry ??= context.Environment.Filters.GetValueOrDefault(name) ?? throw Fault.Template($"No filter named {Repr.Of(name)}.");
                return entry.Invoke(context, [item, .. positional.AsSpan(2)], keywords);
            };
        }
        else
        {
            throw Fault.FilterArgument("map requires a filter argument");
        }

        foreach (var item in Ops.Iterate(positional[0]))
        {
            yield return function(item);
        }
    }

    private static IEnumerable<object?> Select(JinjaContext context, object?[] positional, KeyValuePair<string, object?>[] keywords, bool attribute, bool keep)
    {
        if (!Ops.IsTrue(positional[0]))
        {
            yield break;
        }

        var offset = 1;
        Func<object?, object?>? getter = null;
        if (attribute)
        {
            if (positional.Length < 2)
            {
                throw Fault.FilterArgument("Missing parameter for attribute name");
            }

            getter = Getter(context, positional[1]);
            offset = 2;
        }

        FilterEntry? entry = null;
        var name = positional.Length > offset ? Repr.Str(positional[offset]) : null;
        foreach (var item in Ops.Iterate(positional[0]))
        {
            var value = getter is null ? item : getter(item);
            bool holds;
            if (name is null)
            {
                holds = Ops.IsTrue(value);
            }
            else
            {
                entry ??= context.Environment.Tests.GetValueOrDefault(name) ?? throw Fault.Template($"No test named {Repr.Of(name)}.");
                holds = Ops.IsTrue(entry.Invoke(context, [value, .. positional.AsSpan(offset + 1)], keywords));
            }

            if (holds == keep)
            {
                yield return item;
            }
        }
    }

    private static object? Extreme(JinjaContext context, object?[] a, bool max)
    {
        var key = Getter(context, a[2], !Ops.IsTrue(a[1]));
        object? best = null;
        object? bestKey = null;
        var any = false;
        foreach (var item in Ops.Iterate(a[0]))
        {
            var current = key(item);
            if (!any || (max ? Ops.Order(current, bestKey, ">", 2) : Ops.Order(current, bestKey, "<", 0)))
            {
                (best, bestKey, any) = (item, current, true);
            }
        }

        return any ? best : context.Environment.UndefinedHint("No aggregated item, sequence was empty.");
    }

    private static object? Random(JinjaContext context, object? value)
    {
        var length = Ops.Length(value);
        if (length == 0)
        {
            return context.Environment.UndefinedHint("No random item, sequence was empty.");
        }

        var index = Boxed.Of((long)context.Session.Random.Next(length));
        return Access.TryItem(value, index, out var item) ? item : throw Fault.Type($"'{Types.Short(value)}' object is not subscriptable");
    }

    private static JinjaList Sort(JinjaContext context, object?[] a)
    {
        var items = Ops.Iterate(a[0]).ToList();
        var insensitive = !Ops.IsTrue(a[2]);
        object?[] attributes = Ops.TryText(a[3], out var text) ? text.Split(',') : [a[3]];
        List<object?> keys;
        if (attributes.Length == 1)
        {
            var getter = Getter(context, attributes[0], insensitive);
            keys = items.ConvertAll(item => getter(item));
        }
        else
        {
            var getters = Array.ConvertAll(attributes, attribute => Getter(context, attribute, insensitive));
            keys = items.ConvertAll(item => (object?)new JinjaList(getters.Select(getter => getter(item))));
        }

        Ops.Sort(items, keys, Ops.IsTrue(a[1]), inLists: attributes.Length == 1 && keys.Exists(key => key is JinjaObject));
        return new JinjaList(items, own: true);
    }

    private static object? Sum(JinjaContext context, object?[] a)
    {
        var items = Ops.Iterate(a[0]);
        if (a[1] is not null)
        {
            items = items.Select(Getter(context, a[1]));
        }

        if (Ops.TryText(a[2], out _))
        {
            throw Fault.Type("sum() can't sum strings [use ''.join(seq) instead]");
        }

        var total = a[2];
        foreach (var item in items)
        {
            total = Ops.Add(total, item);
        }

        return total;
    }

    private static IEnumerable<object?> Unique(JinjaContext context, object?[] a)
    {
        var key = Getter(context, a[2], !Ops.IsTrue(a[1]));
        var seen = new JinjaSet();
        foreach (var item in Ops.Iterate(a[0]))
        {
            if (seen.Table.Set(key(item), null))
            {
                yield return item;
            }
        }
    }
}

/// <summary>A group of <c>groupby</c>: a pair whose parts also have names.</summary>
internal sealed class GroupTuple(object? grouper, JinjaList list) : JinjaTuple(grouper, list)
{
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "grouper" => Items[0],
            "list" => Items[1],
            _ => null,
        };
        return name is "grouper" or "list";
    }
}
