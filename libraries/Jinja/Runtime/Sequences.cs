using System.Numerics;

namespace FhirAspire.Jinja.Runtime;

/// <summary>What lists, tuples and texts have in common.</summary>
internal static class Sequences
{
    public static bool TryIndex(IReadOnlyList<object?> items, object? key, out object? value)
    {
        if (Ops.TryIndex(key, out var index))
        {
            index = index < 0 ? index + items.Count : index;
            if (index >= 0 && index < items.Count)
            {
                value = items[(int)index];
                return true;
            }
        }

        value = null;
        return false;
    }

    public static int IndexOf(IReadOnlyList<object?> items, object? value, int start = 0, int end = int.MaxValue)
    {
        for (var i = start; i < items.Count && i < end; i++)
        {
            if (ReferenceEquals(items[i], value) || Equality.Same(items[i], value))
            {
                return i;
            }
        }

        return -1;
    }

    public static bool SameItems(IReadOnlyList<object?> left, IReadOnlyList<object?> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (!ReferenceEquals(left[i], right[i]) && !Equality.Same(left[i], right[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Start, step and count of a slice of a sequence of a length.</summary>
    public static (long Start, long Step, long Count) Slice(JinjaSlice slice, long length)
    {
        var step = slice.Step is null ? 1 : Bound(slice.Step);
        if (step == 0)
        {
            throw Fault.Value("slice step cannot be zero");
        }

        var lower = step > 0 ? 0 : -1;
        var upper = step > 0 ? length : length - 1;
        var start = slice.Start is null ? (step > 0 ? lower : upper) : Clamp(Bound(slice.Start));
        var stop = slice.Stop is null ? (step > 0 ? upper : lower) : Clamp(Bound(slice.Stop));
        var count = step > 0 ? (stop > start ? ((stop - start - 1) / step) + 1 : 0) : start > stop ? ((start - stop - 1) / -step) + 1 : 0;
        return (start, step, count);

        long Clamp(long value)
        {
            if (value < 0)
            {
                value += length;
                return value < 0 ? lower : value;
            }

            return Math.Min(value, upper);
        }
    }

    public static object?[] Take(IReadOnlyList<object?> items, JinjaSlice slice)
    {
        var (start, step, count) = Slice(slice, items.Count);
        var result = new object?[count];
        for (long i = 0, at = start; i < count; i++, at += step)
        {
            result[i] = items[(int)at];
        }

        return result;
    }

    public static string Take(string text, JinjaSlice slice)
    {
        if (Text.HasSurrogates(text))
        {
            return string.Concat(Take(Text.CharacterList(text), slice).Cast<string>());
        }

        var (start, step, count) = Slice(slice, text.Length);
        if (step == 1)
        {
            return text.Substring((int)start, (int)count);
        }

        var result = new char[count];
        for (long i = 0, at = start; i < count; i++, at += step)
        {
            result[i] = text[(int)at];
        }

        return new string(result);
    }

    private static long Bound(object value)
    {
        if (Ops.TryIndex(value, out var index))
        {
            return Math.Clamp(index, -0x3fffffffffff, 0x3fffffffffff);
        }

        if (value is BigInteger big)
        {
            return big.Sign * 0x3fffffffffffL;
        }

        throw Fault.Type("slice indices must be integers or None or have an __index__ method");
    }
}

/// <summary>Python's slice object.</summary>
internal sealed class JinjaSlice(object? start, object? stop, object? step) : JinjaObject
{
    public object? Start { get; } = start;

    public object? Stop { get; } = stop;

    public object? Step { get; } = step;

    public override string TypeName => "slice";

    public override int ValueHash() => throw Fault.Type("unhashable type: 'slice'");

    public override string Repr() => $"slice({Runtime.Repr.Of(Start)}, {Runtime.Repr.Of(Stop)}, {Runtime.Repr.Of(Step)})";
}
