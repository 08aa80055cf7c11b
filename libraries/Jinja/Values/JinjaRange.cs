using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's range.</summary>
internal sealed class JinjaRange(long start, long stop, long step) : JinjaObject
{
    public long Start { get; } = start;

    public long Stop { get; } = stop;

    public long Step { get; } = step;

    public long Size { get; } = step > 0
        ? start < stop ? ((stop - start - 1) / step) + 1 : 0
        : start > stop ? ((start - stop - 1) / -step) + 1 : 0;

    public override string TypeName => "range";

    public override int? Length => (int)Math.Min(Size, int.MaxValue);

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        if (!Ops.TryIndex(key, out var index))
        {
            return false;
        }

        if (index < 0)
        {
            index += Size;
        }

        if (index < 0 || index >= Size)
        {
            return false;
        }

        value = Boxed.Of(Start + (index * Step));
        return true;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "start" => Boxed.Of(Start),
            "stop" => Boxed.Of(Stop),
            "step" => Boxed.Of(Step),
            _ => null,
        };
        return value is not null;
    }

    public override IEnumerable<object?> Iterate()
    {
        for (long i = 0, value = Start; i < Size; i++, value += Step)
        {
            yield return Boxed.Of(value);
        }
    }

    public override bool? Contains(object? value) => Ops.TryIndex(value, out var number)
        ? Size > 0 && (Step > 0 ? number >= Start && number < Stop : number <= Start && number > Stop) && (number - Start) % Step == 0
        : null;

    public JinjaRange Slice(long first, long count, long step) => new(Start + (first * Step), Start + (first * Step) + (count * step * Step), step * Step);

    public override string Repr() => Step == 1 ? $"range({Start}, {Stop})" : $"range({Start}, {Stop}, {Step})";

    public override bool ValueEquals(object? other) => other is JinjaRange range && range.Size == Size
        && (Size == 0 || (range.Start == Start && (Size == 1 || range.Step == Step)));

    public override int ValueHash() => HashCode.Combine(Size, Size == 0 ? 0 : Start);
}
