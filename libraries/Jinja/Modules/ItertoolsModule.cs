using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Modules;

/// <summary><c>itertools</c>; infinite iterators are bounded by the step limit of whoever goes through them.</summary>
internal static class ItertoolsModule
{
    public static JinjaObject Make()
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        Add("chain", call => call.Positional.SelectMany(Ops.Iterate));
        members["chain"] = new Members("type", "itertools.chain", new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["from_iterable"] = new BuiltinFunction("from_iterable", call => new JinjaGenerator(Ops.Iterate(call.Positional[0]).SelectMany(Ops.Iterate), "chain", "itertools.chain")),
        }, call => new JinjaGenerator(call.Positional.SelectMany(Ops.Iterate), "chain", "itertools.chain"));
        Add("product", call => Product(call, [.. Enumerable.Repeat(call.Positional.Select(pool => Ops.Iterate(pool).ToList()), Ops.ToInt(Keyword(call, "repeat", Boxed.Of(1L)))).SelectMany(pools => pools)]));
        Add("combinations", call => Combinations(Pool(call), Ops.ToInt(call.Get(1, "r")), replacement: false));
        Add("combinations_with_replacement", call => Combinations(Pool(call), Ops.ToInt(call.Get(1, "r")), replacement: true));
        Add("permutations", call => Permutations(Pool(call), call.Get(1, "r") is { } r ? Ops.ToInt(r) : Pool(call).Count));
        Add("accumulate", Accumulate);
        Add("islice", Slice);
        Add("zip_longest", ZipLongest);
        Add("count", call => Count(call, call.Get(0, "start", Boxed.Zero), call.Get(1, "step", Boxed.Of(1L))));
        Add("cycle", call => Cycle(call, Pool(call)));
        Add("repeat", call => Repeat(call, call.Get(0, "object"), call.Get(1, "times")));
        Add("compress", call => Pool(call).Zip(Ops.Iterate(call.Get(1, "selectors"))).Where(pair => Ops.IsTrue(pair.Second)).Select(pair => pair.First));
        Add("pairwise", call => Pool(call) is var pool ? pool.Zip(pool.Skip(1), (a, b) => (object?)new JinjaTuple(a, b)) : []);
        Add("takewhile", call => Ops.Iterate(call.Positional[1]).TakeWhile(item => Ops.IsTrue(call.Context.Call(call.Positional[0], item))));
        Add("dropwhile", call => Ops.Iterate(call.Positional[1]).SkipWhile(item => Ops.IsTrue(call.Context.Call(call.Positional[0], item))));
        Add("filterfalse", call => Ops.Iterate(call.Positional[1]).Where(item => !Ops.IsTrue(call.Positional[0] is null ? item : call.Context.Call(call.Positional[0], item))));
        Add("starmap", call => Ops.Iterate(call.Positional[1]).Select(item => call.Context.Call(call.Positional[0], [.. Ops.Iterate(item)])));
        Add("groupby", GroupBy);
        members["tee"] = new BuiltinFunction("tee", call => new JinjaTuple([.. Enumerable.Range(0, Ops.ToInt(call.Get(1, "n", Boxed.Of(2L)))).Select(_ => Pool(call) is var pool ? (object?)pool : null).ToList() is var copies && copies.Count > 0 ? Enumerable.Repeat(copies[0], copies.Count).Select(items => (object?)new JinjaGenerator((List<object?>)items!, "tee", "itertools._tee")) : []]));
        return new Members("module", "itertools", members);

        void Add(string name, Func<JinjaCall, IEnumerable<object?>> body) =>
            members[name] = new BuiltinFunction($"itertools.{name}", call => new JinjaGenerator(Checked(name, call, body), name, $"itertools.{name}"), "type");
    }

    private static IEnumerable<object?> Checked(string name, JinjaCall call, Func<JinjaCall, IEnumerable<object?>> body)
    {
        if (call.Positional.Length == 0 && call.Keywords.Length == 0 && name is not ("product" or "chain" or "zip_longest" or "count"))
        {
            throw Fault.Type($"{name}() missing required arguments");
        }

        return body(call);
    }

    private static List<object?> Pool(JinjaCall call) => Ops.Iterate(call.Get(0, "iterable")).ToList();

    private static object? Keyword(JinjaCall call, string name, object? otherwise) => call.TryGetKeyword(name, out var value) ? value : otherwise;

    private static IEnumerable<object?> Product(JinjaCall call, List<List<object?>> pools)
    {
        if (pools.Exists(pool => pool.Count == 0))
        {
            yield break;
        }

        var indexes = new int[pools.Count];
        while (true)
        {
            call.Context.Session.Step();
            yield return new JinjaTuple([.. indexes.Select((index, i) => pools[i][index])]);
            var at = pools.Count - 1;
            while (at >= 0 && ++indexes[at] == pools[at].Count)
            {
                indexes[at--] = 0;
            }

            if (at < 0)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<object?> Combinations(List<object?> pool, int r, bool replacement)
    {
        if (r < 0)
        {
            throw Fault.Value("r must be non-negative");
        }

        if ((!replacement && r > pool.Count) || (pool.Count == 0 && r > 0))
        {
            yield break;
        }

        var indexes = replacement ? new int[r] : Enumerable.Range(0, r).ToArray();
        while (true)
        {
            yield return new JinjaTuple([.. indexes.Select(index => pool[index])]);
            var at = r - 1;
            while (at >= 0 && indexes[at] == (replacement ? pool.Count - 1 : at + pool.Count - r))
            {
                at--;
            }

            if (at < 0)
            {
                yield break;
            }

            indexes[at]++;
            for (var i = at + 1; i < r; i++)
            {
                indexes[i] = replacement ? indexes[at] : indexes[i - 1] + 1;
            }
        }
    }

    private static IEnumerable<object?> Permutations(List<object?> pool, int r)
    {
        if (r > pool.Count)
        {
            yield break;
        }

        var used = new bool[pool.Count];
        var current = new int[r];
        foreach (var item in Place(0))
        {
            yield return item;
        }

        IEnumerable<object?> Place(int at)
        {
            if (at == r)
            {
                yield return new JinjaTuple([.. current.Select(index => pool[index])]);
                yield break;
            }

            for (var i = 0; i < pool.Count; i++)
            {
                if (used[i])
                {
                    continue;
                }

                used[i] = true;
                current[at] = i;
                foreach (var item in Place(at + 1))
                {
                    yield return item;
                }

                used[i] = false;
            }
        }
    }

    private static IEnumerable<object?> Accumulate(JinjaCall call)
    {
        var function = call.Get(1, "func");
        var any = call.TryGetKeyword("initial", out var total) && total is not null;
        if (any)
        {
            yield return total;
        }

        foreach (var item in Ops.Iterate(call.Get(0, "iterable")))
        {
            total = !any ? item : function is null ? Ops.Add(total, item) : call.Context.Call(function, total, item);
            any = true;
            yield return total;
        }
    }

    private static IEnumerable<object?> Slice(JinjaCall call)
    {
        var a = call.Positional;
        var (start, stop, step) = a.Length switch
        {
            2 => (0L, a[1], 1L),
            3 => (a[1] is null ? 0 : Ops.ToIndex(a[1]), a[2], 1L),
            4 => (a[1] is null ? 0 : Ops.ToIndex(a[1]), a[2], a[3] is null ? 1 : Ops.ToIndex(a[3])),
            _ => throw Fault.Type($"islice expected at least 2 arguments, got {a.Length}"),
        };
        var limit = stop is null ? long.MaxValue : Ops.ToIndex(stop);
        if (start < 0 || limit < 0 || step < 1)
        {
            throw Fault.Value("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
        }

        long index = 0;
        if (limit == 0)
        {
            yield break;
        }

        foreach (var item in Ops.Iterate(a[0]))
        {
            if (index >= start && (index - start) % step == 0)
            {
                yield return item;
            }

            if (++index >= limit)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<object?> ZipLongest(JinjaCall call)
    {
        var fill = Keyword(call, "fillvalue", null);
        var iterators = call.Positional.Select(item => (IEnumerator<object?>?)Ops.Iterate(item).GetEnumerator()).ToArray();
        while (true)
        {
            var row = new object?[iterators.Length];
            var any = false;
            for (var i = 0; i < row.Length; i++)
            {
                if (iterators[i] is { } iterator && iterator.MoveNext())
                {
                    row[i] = iterator.Current;
                    any = true;
                }
                else
                {
                    iterators[i] = null;
                    row[i] = fill;
                }
            }

            if (!any)
            {
                yield break;
            }

            yield return new JinjaTuple(row);
        }
    }

    private static IEnumerable<object?> Count(JinjaCall call, object? start, object? step)
    {
        for (var value = start; ; value = Ops.Add(value, step))
        {
            call.Context.Session.Step();
            yield return value;
        }
    }

    private static IEnumerable<object?> Cycle(JinjaCall call, List<object?> items)
    {
        while (items.Count > 0)
        {
            foreach (var item in items)
            {
                call.Context.Session.Step();
                yield return item;
            }
        }
    }

    private static IEnumerable<object?> Repeat(JinjaCall call, object? item, object? times)
    {
        var count = times is null ? long.MaxValue : Ops.ToIndex(times);
        for (var i = 0L; i < count; i++)
        {
            call.Context.Session.Step();
            yield return item;
        }
    }

    private static IEnumerable<object?> GroupBy(JinjaCall call)
    {
        var key = call.Get(1, "key");
        object? current = null;
        List<object?>? group = null;
        foreach (var item in Ops.Iterate(call.Get(0, "iterable")))
        {
            var next = key is null ? item : call.Context.Call(key, item);
            if (group is not null && Equality.Same(current, next))
            {
                group.Add(item);
                continue;
            }

            if (group is not null)
            {
                yield return new JinjaTuple(current, new JinjaGenerator(group, "_grouper", "itertools._grouper"));
            }

            (current, group) = (next, [item]);
        }

        if (group is not null)
        {
            yield return new JinjaTuple(current, new JinjaGenerator(group, "_grouper", "itertools._grouper"));
        }
    }
}
