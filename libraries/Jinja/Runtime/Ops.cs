using System.Numerics;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Truth, length, iteration, membership and ordering.</summary>
internal static partial class Ops
{
    public static bool IsTrue(object? value) => value switch
    {
        bool flag => flag,
        string text => text.Length > 0,
        null => false,
        long number => number != 0,
        double number => number != 0,
        BigInteger number => !number.IsZero,
        JinjaObject item => item.IsTrue,
        _ => true,
    };

    public static bool TryText(object? value, out string text)
    {
        switch (value)
        {
            case string plain:
                text = plain;
                return true;
            case StringValue wrapped:
                text = wrapped.Text;
                return true;
            default:
                text = string.Empty;
                return false;
        }
    }

    /// <summary>An integer of 64 bits, a bool counting as one.</summary>
    public static bool TryIndex(object? value, out long index)
    {
        switch (value)
        {
            case long number:
                index = number;
                return true;
            case bool flag:
                index = flag ? 1 : 0;
                return true;
            default:
                index = 0;
                return false;
        }
    }

    /// <summary>An argument that has to be an integer.</summary>
    public static long ToIndex(object? value)
    {
        if (TryIndex(value, out var index))
        {
            return index;
        }

        if (value is BigInteger)
        {
            throw Fault.Overflow("Python int too large to convert to C ssize_t");
        }

        throw Fault.Type($"'{Types.Name(value)}' object cannot be interpreted as an integer");
    }

    /// <summary>An integer argument of 32 bits; larger ones are cut.</summary>
    public static int ToInt(object? value) => (int)Math.Clamp(ToIndex(value), int.MinValue, int.MaxValue);

    public static int Length(object? value)
    {
        var length = value switch
        {
            string text => Text.Length(text),
            JinjaObject item => item.Length,
            _ => null,
        };
        return length ?? throw Fault.Type($"object of type '{Types.Short(value)}' has no len()");
    }

    public static IEnumerable<object?> Iterate(object? value) =>
        TryIterate(value) ?? throw Fault.Type($"'{Types.Name(value)}' object is not iterable");

    public static IEnumerable<object?>? TryIterate(object? value) => value switch
    {
        string text => Text.Characters(text),
        StringValue wrapped => Text.Characters(wrapped.Text),
        JinjaObject item => item.Iterate(),
        _ => null,
    };

    public static bool IsIterable(object? value) => value is string or JinjaList or JinjaTuple or JinjaDict or JinjaUndefined or JinjaGenerator || TryIterate(value) is not null;

    public static bool Contains(object? item, object? container)
    {
        switch (container)
        {
            case string or StringValue:
                TryText(container, out var text);
                return TryText(item, out var part)
                    ? text.Contains(part, StringComparison.Ordinal)
                    : throw Fault.Type($"'in <string>' requires string as left operand, not {Types.Name(item)}");
            case JinjaObject owner:
                if (owner.Contains(item) is { } known)
                {
                    return known;
                }

                break;
        }

        var items = TryIterate(container) ?? throw Fault.Type($"argument of type '{Types.Name(container)}' is not iterable");
        foreach (var candidate in items)
        {
            if (ReferenceEquals(candidate, item) || Equality.Same(candidate, item))
            {
                return true;
            }
        }

        return false;
    }

    public static bool Less(object? left, object? right) => Order(left, right, "<", 0);

    /// <summary>Python's ordering operators.</summary>
    public static bool Order(object? left, object? right, string op, int kind)
    {
        if (left is long a && right is long b)
        {
            return Decide(a.CompareTo(b), kind);
        }

        if (IsNumber(left) && IsNumber(right))
        {
            if (left is double.NaN || right is double.NaN)
            {
                return false;
            }

            return Decide(CompareNumbers(left, right), kind);
        }

        if (TryText(left, out var leftText) && TryText(right, out var rightText))
        {
            return Decide(Text.Compare(leftText, rightText), kind);
        }

        if (left is JinjaUndefined undefined)
        {
            throw undefined.Error();
        }

        if (right is JinjaUndefined other)
        {
            throw other.Error();
        }

        if (left is JinjaList x && right is JinjaList y)
        {
            return OrderItems(x.Items, y.Items, op, kind);
        }

        if (left is JinjaTuple s && right is JinjaTuple t)
        {
            return OrderItems(s.Items, t.Items, op, kind);
        }

        if (left is JinjaSet p && right is JinjaSet q)
        {
            return kind switch
            {
                0 => p.Table.Count < q.Table.Count && p.IsSubsetOf(q),
                1 => p.IsSubsetOf(q),
                2 => q.Table.Count < p.Table.Count && q.IsSubsetOf(p),
                _ => q.IsSubsetOf(p),
            };
        }

        if (left is JinjaObject item && item.CompareTo(right) is { } order)
        {
            return order != int.MinValue && Decide(order, kind);
        }

        if (right is JinjaObject reflected && reflected.CompareTo(left) is { } back)
        {
            return back != int.MinValue && Decide(-back, kind);
        }

        throw Fault.Type($"'{op}' not supported between instances of '{Types.Name(left)}' and '{Types.Name(right)}'");
    }

    private static bool OrderItems(IReadOnlyList<object?> left, IReadOnlyList<object?> right, string op, int kind)
    {
        var count = Math.Min(left.Count, right.Count);
        for (var i = 0; i < count; i++)
        {
            if (!ReferenceEquals(left[i], right[i]) && !Equality.Same(left[i], right[i]))
            {
                return Order(left[i], right[i], op, kind);
            }
        }

        return Decide(left.Count.CompareTo(right.Count), kind);
    }

    private static bool Decide(int order, int kind) => kind switch
    {
        0 => order < 0,
        1 => order <= 0,
        2 => order > 0,
        _ => order >= 0,
    };

    /// <summary>A stable sort by <c>&lt;</c>, as <c>sorted</c> does it: an error names the operands in Python's order.</summary>
    public static void Sort(List<object?> items, List<object?> keys, bool reverse, bool inLists = false)
    {
        if (inLists)
        {
            // The keys stand for lists of one item, which compare equal before they are ordered.
            keys = keys.ConvertAll(key => (object?)new JinjaTuple(key));
        }

        var order = Enumerable.Range(0, items.Count).ToArray();
        if (reverse)
        {
            Array.Reverse(order);
        }

        MergeSort(order, keys);
        if (reverse)
        {
            Array.Reverse(order);
        }

        var sorted = new object?[items.Count];
        for (var i = 0; i < order.Length; i++)
        {
            sorted[i] = items[order[i]];
        }

        for (var i = 0; i < sorted.Length; i++)
        {
            items[i] = sorted[i];
        }
    }

    private static void MergeSort(int[] order, List<object?> keys)
    {
        // Runs as Python finds them first: an already sorted input costs one pass, and the first comparison is second < first.
        var n = order.Length;
        if (n < 2)
        {
            return;
        }

        var run = 1;
        if (Less(keys[order[1]], keys[order[0]]))
        {
            run = 2;
            while (run < n && Less(keys[order[run]], keys[order[run - 1]]))
            {
                run++;
            }

            Array.Reverse(order, 0, run);
        }
        else
        {
            run = 2;
            while (run < n && !Less(keys[order[run]], keys[order[run - 1]]))
            {
                run++;
            }
        }

        if (run == n)
        {
            return;
        }

        if (n <= 64)
        {
            for (var i = run; i < n; i++)
            {
                var pivot = order[i];
                var low = 0;
                var high = i;
                while (low < high)
                {
                    var middle = (low + high) >> 1;
                    if (Less(keys[pivot], keys[order[middle]]))
                    {
                        high = middle;
                    }
                    else
                    {
                        low = middle + 1;
                    }
                }

                Array.Copy(order, low, order, low + 1, i - low);
                order[low] = pivot;
            }

            return;
        }

        var scratch = new int[n];
        Split(order, scratch, 0, n, keys);
    }

    private static void Split(int[] order, int[] scratch, int from, int to, List<object?> keys)
    {
        if (to - from < 2)
        {
            return;
        }

        var middle = (from + to) >> 1;
        Split(order, scratch, from, middle, keys);
        Split(order, scratch, middle, to, keys);
        if (!Less(keys[order[middle]], keys[order[middle - 1]]))
        {
            return;
        }

        Array.Copy(order, from, scratch, from, to - from);
        var (left, right) = (from, middle);
        for (var i = from; i < to; i++)
        {
            order[i] = left < middle && (right >= to || !Less(keys[scratch[right]], keys[scratch[left]])) ? scratch[left++] : scratch[right++];
        }
    }
}
