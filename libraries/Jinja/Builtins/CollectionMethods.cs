using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Builtins;

/// <summary>The methods of list, tuple, dict, set and range.</summary>
internal static class CollectionMethods
{
    public static Dictionary<string, Method> MakeList()
    {
        var table = new Table("list");
        table.Add("append", 1, 1, c => Do(() => Grow(c).Add(c.Args[0])));
        table.Add("extend", 1, 1, c => Do(() => Grow(c).AddRange(Ops.Iterate(c.Args[0]).ToList())));
        table.Add("insert", 2, 2, c => Do(() =>
        {
            var items = Grow(c);
            var index = Ops.ToIndex(c.Args[0]);
            index = index < 0 ? Math.Max(0, index + items.Count) : Math.Min(index, items.Count);
            items.Insert((int)index, c.Args[1]);
        }));
        table.Add("remove", 1, 1, c => Do(() =>
        {
            var index = Sequences.IndexOf(Items(c), c.Args[0]);
            if (index < 0)
            {
                throw Fault.Value("list.remove(x): x not in list");
            }

            Items(c).RemoveAt(index);
        }));
        table.Add("pop", 0, 1, c =>
        {
            var items = Items(c);
            if (items.Count == 0)
            {
                throw Fault.Index("pop from empty list");
            }

            var index = c.Count == 0 ? -1 : Ops.ToIndex(c.Args[0]);
            index = index < 0 ? index + items.Count : index;
            if (index < 0 || index >= items.Count)
            {
                throw Fault.Index("pop index out of range");
            }

            var value = items[(int)index];
            items.RemoveAt((int)index);
            return value;
        });
        table.Add("clear", 0, 0, c => Do(() => Items(c).Clear()));
        table.Add("copy", 0, 0, c => new JinjaList([.. Items(c)], own: true));
        table.Add("reverse", 0, 0, c => Do(() => Items(c).Reverse()));
        table.Add("count", 1, 1, c => Boxed.Of((long)Items(c).Count(item => Equality.Same(item, c.Args[0]))));
        table.Add("index", 1, 3, c => Index(c, Items(c), item => $"{Repr.Of(item)} is not in list"));
        table.Any("sort", Sort);
        return table.Methods;
    }

    public static Dictionary<string, Method> MakeTuple()
    {
        var table = new Table("tuple");
        table.Add("count", 1, 1, c => Boxed.Of((long)((JinjaTuple)c.Self!).Items.Count(item => Equality.Same(item, c.Args[0]))));
        table.Add("index", 1, 3, c => Index(c, ((JinjaTuple)c.Self!).Items, _ => "tuple.index(x): x not in tuple"));
        return table.Methods;
    }

    public static Dictionary<string, Method> MakeRange()
    {
        var table = new Table("range");
        table.Add("count", 1, 1, c => Boxed.Of((long)((JinjaRange)c.Self!).Iterate().Count(item => Equality.Same(item, c.Args[0]))));
        table.Add("index", 1, 1, c =>
        {
            var index = Sequences.IndexOf([.. ((JinjaRange)c.Self!).Iterate()], c.Args[0]);
            return index >= 0 ? Boxed.Of((long)index) : throw Fault.Value($"{Repr.Of(c.Args[0])} is not in range");
        });
        return table.Methods;
    }

    public static Dictionary<string, Method> MakeDict()
    {
        var table = new Table("dict");
        table.Add("keys", 0, 0, c => new DictView(Dict(c), DictViewKind.Keys));
        table.Add("values", 0, 0, c => new DictView(Dict(c), DictViewKind.Values));
        table.Add("items", 0, 0, c => new DictView(Dict(c), DictViewKind.Items));
        table.Add("get", 1, 2, c => Dict(c).TryGet(c.Args[0], out var value) ? value : c.Arg(1));
        table.Add("pop", 1, 2, c => Dict(c).Table.Remove(c.Args[0], out var value) ? value : c.Count > 1 ? c.Args[1] : throw Fault.Key(c.Args[0]));
        table.Add("setdefault", 1, 2, c =>
        {
            if (!Dict(c).TryGet(c.Args[0], out var value))
            {
                value = c.Arg(1);
                Dict(c).Set(c.Args[0], value);
            }

            return value;
        });
        table.Add("popitem", 0, 0, c =>
        {
            var items = Dict(c).Table;
            for (var i = items.Slots - 1; i >= 0; i--)
            {
                if (items.IsLive(i))
                {
                    var pair = new JinjaTuple(items.KeyAt(i), items.ValueAt(i));
                    items.RemoveAt(i);
                    return pair;
                }
            }

            throw Fault.KeyText("'popitem(): dictionary is empty'");
        });
        table.Add("clear", 0, 0, c => Do(() => Dict(c).Table.Clear()));
        table.Add("copy", 0, 0, c =>
        {
            var copy = new JinjaDict();
            Merge(copy, Dict(c));
            return copy;
        });
        table.Add("fromkeys", 1, 2, c =>
        {
            var made = new JinjaDict();
            foreach (var key in Ops.Iterate(c.Args[0]))
            {
                made.Set(key, c.Arg(1));
            }

            return made;
        });
        table.Any("update", c =>
        {
            if (c.Count > 1)
            {
                throw Fault.Type($"update expected at most 1 argument, got {c.Count}");
            }

            if (c.Count == 1)
            {
                Update(Dict(c), c.Args[0]);
            }

            foreach (var (name, value) in c.Keywords)
            {
                Dict(c).Set(name, value);
            }

            return null;
        });
        return table.Methods;
    }

    public static Dictionary<string, Method> MakeSet()
    {
        var table = new Table("set");
        table.Add("add", 1, 1, c => Do(() => Set(c).Add(c.Args[0])));
        table.Add("discard", 1, 1, c => Do(() => Set(c).Table.Remove(c.Args[0], out _)));
        table.Add("remove", 1, 1, c => Set(c).Table.Remove(c.Args[0], out _) ? null : throw Fault.Key(c.Args[0]));
        table.Add("clear", 0, 0, c => Do(() => Set(c).Table.Clear()));
        table.Add("copy", 0, 0, c => new JinjaSet(Set(c).Iterate()));
        table.Add("pop", 0, 0, c =>
        {
            foreach (var item in Set(c).Iterate().Take(1).ToList())
            {
                Set(c).Table.Remove(item, out _);
                return item;
            }

            throw Fault.KeyText("'pop from an empty set'");
        });
        table.Many("union", c => new JinjaSet(Set(c).Iterate().Concat(c.Args.SelectMany(Ops.Iterate))));
        table.Many("intersection", c => c.Args.Aggregate(new JinjaSet(Set(c).Iterate()), (left, right) => Filter(left, right, keep: true)));
        table.Many("difference", c => c.Args.Aggregate(new JinjaSet(Set(c).Iterate()), (left, right) => Filter(left, right, keep: false)));
        table.Add("symmetric_difference", 1, 1, c => SymmetricDifference(Set(c), new JinjaSet(Ops.Iterate(c.Args[0]))));
        table.Many("update", c => Do(() => c.Args.SelectMany(Ops.Iterate).ToList().ForEach(Set(c).Add)));
        table.Many("intersection_update", c => Replace(c, c.Args.Aggregate(Set(c), (left, right) => Filter(left, right, keep: true))));
        table.Many("difference_update", c => Replace(c, c.Args.Aggregate(Set(c), (left, right) => Filter(left, right, keep: false))));
        table.Add("symmetric_difference_update", 1, 1, c => Replace(c, SymmetricDifference(Set(c), new JinjaSet(Ops.Iterate(c.Args[0])))));
        table.Add("issubset", 1, 1, c => Boxed.Of(Set(c).IsSubsetOf(new JinjaSet(Ops.Iterate(c.Args[0])))));
        table.Add("issuperset", 1, 1, c => Boxed.Of(new JinjaSet(Ops.Iterate(c.Args[0])).IsSubsetOf(Set(c))));
        table.Add("isdisjoint", 1, 1, c => Boxed.Of(!Ops.Iterate(c.Args[0]).Any(Set(c).Has)));
        return table.Methods;
    }

    /// <summary>What <c>dict(...)</c> and <c>update</c> take: a mapping, or pairs.</summary>
    public static void Update(JinjaDict target, object? source)
    {
        switch (source)
        {
            case JinjaDict dict:
                Merge(target, dict);
                return;
            case JinjaObject { IsMapping: true } mapping:
                foreach (var key in Ops.Iterate(mapping).ToList())
                {
                    target.Set(key, mapping.TryGetItem(key, out var value) ? value : null);
                }

                return;
        }

        var index = 0;
        foreach (var item in Ops.Iterate(source))
        {
            var pair = (Ops.TryIterate(item) ?? throw Fault.Type($"cannot convert dictionary update sequence element #{index} to a sequence")).Take(3).ToList();
            if (pair.Count != 2)
            {
                throw Fault.Value($"dictionary update sequence element #{index} has length {Ops.Length(item)}; 2 is required");
            }

            target.Set(pair[0], pair[1]);
            index++;
        }
    }

    private static void Merge(JinjaDict target, JinjaDict source)
    {
        for (var i = 0; i < source.Table.Slots; i++)
        {
            if (source.Table.IsLive(i))
            {
                target.Set(source.Table.KeyAt(i), source.Table.ValueAt(i));
            }
        }
    }

    private static object? Do(Action action)
    {
        action();
        return null;
    }

    private static List<object?> Items(MethodCall c) => ((JinjaList)c.Self!).Items;

    private static List<object?> Grow(MethodCall c)
    {
        Ops.Guard(Items(c).Count);
        return Items(c);
    }

    private static JinjaDict Dict(MethodCall c) => (JinjaDict)c.Self!;

    private static JinjaSet Set(MethodCall c) => (JinjaSet)c.Self!;

    private static object? Replace(MethodCall c, JinjaSet result)
    {
        var items = result.Iterate().ToList();
        Set(c).Table.Clear();
        items.ForEach(Set(c).Add);
        return null;
    }

    private static JinjaSet Filter(JinjaSet left, object? right, bool keep)
    {
        var other = new JinjaSet(Ops.Iterate(right));
        return new JinjaSet(left.Iterate().Where(item => other.Has(item) == keep));
    }

    private static JinjaSet SymmetricDifference(JinjaSet left, JinjaSet right) =>
        new(left.Iterate().Where(item => !right.Has(item)).Concat(right.Iterate().Where(item => !left.Has(item))));

    private static object Index(MethodCall c, IReadOnlyList<object?> items, Func<object?, string> missing)
    {
        var start = c.IntArg(1, 0);
        var stop = c.IntArg(2, int.MaxValue);
        start = start < 0 ? Math.Max(0, start + items.Count) : start;
        stop = stop < 0 ? stop + items.Count : stop;
        var at = Sequences.IndexOf(items, c.Args[0], (int)Math.Min(start, int.MaxValue), (int)Math.Clamp(stop, 0, int.MaxValue));
        return at >= 0 ? Boxed.Of((long)at) : throw Fault.Value(missing(c.Args[0]));
    }

    private static object? Sort(MethodCall c)
    {
        if (c.Count > 0)
        {
            throw Fault.Type("sort() takes no positional arguments");
        }

        object? key = null;
        var reverse = false;
        foreach (var (name, value) in c.Keywords)
        {
            switch (name)
            {
                case "key":
                    key = value;
                    break;
                case "reverse":
                    reverse = Ops.IsTrue(value);
                    break;
                default:
                    throw Fault.Type($"'{name}' is an invalid keyword argument for sort()");
            }
        }

        var items = Items(c);
        var context = c.Context;
        Ops.Sort(items, key is null ? [.. items] : [.. items.Select(item => Calls.Invoke(new JinjaCall(context, [item], Calls.NoKeywords), key))], reverse);
        return null;
    }

    private sealed class Table(string type)
    {
        public Dictionary<string, Method> Methods { get; } = new(StringComparer.Ordinal);

        public void Add(string name, int least, int most, MethodBody body) => Methods[name] = new Method(type, name, least, most, Style.Positional, [], body);

        public void Many(string name, MethodBody body) => Add(name, 0, int.MaxValue, body);

        public void Any(string name, MethodBody body) => Methods[name] = new Method(type, name, 0, 0, Style.Any, [], body);
    }
}

internal enum DictViewKind
{
    Keys,
    Values,
    Items,
}

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> give: it follows the dict.</summary>
internal sealed class DictView(JinjaDict dict, DictViewKind kind) : JinjaObject
{
    public override string TypeName => kind switch
    {
        DictViewKind.Keys => "dict_keys",
        DictViewKind.Values => "dict_values",
        _ => "dict_items",
    };

    public override int? Length => dict.Count;

    public override IEnumerable<object?> Iterate() => kind switch
    {
        DictViewKind.Keys => dict.Iterate(),
        DictViewKind.Values => dict.Entries.Select(entry => entry.Value),
        _ => dict.Entries.Select(entry => (object?)new JinjaTuple(entry.Key, entry.Value)),
    };

    public override bool? Contains(object? value) => kind == DictViewKind.Keys ? dict.Contains(value) : null;

    public override bool ValueEquals(object? other) => ReferenceEquals(this, other)
        || (kind != DictViewKind.Values && other is JinjaSet or DictView && new JinjaSet(Iterate()).ValueEquals(other as JinjaSet ?? new JinjaSet(Ops.Iterate(other))));

    public override string Repr() => $"{TypeName}({Runtime.Repr.Sequence(this, [.. Iterate()], "[", "]")})";
}
