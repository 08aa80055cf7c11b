namespace FhirAspire.Jinja;

/// <summary>A one-shot iterator: what <c>map</c>, <c>select</c>, <c>reversed</c>, <c>zip</c> and the like give. It has no length and no items.</summary>
internal sealed class JinjaGenerator(IEnumerable<object?> source, string name, string typeName = "generator") : JinjaObject
{
    private readonly IEnumerator<object?> _items = source.GetEnumerator();
    private bool _finished;

    public override string TypeName => typeName;

    public override bool IsTrue => true;

    public bool MoveNext(out object? item)
    {
        if (!_finished && _items.MoveNext())
        {
            item = _items.Current;
            return true;
        }

        _finished = true;
        item = null;
        return false;
    }

    public override IEnumerable<object?> Iterate()
    {
        while (MoveNext(out var item))
        {
            yield return item;
        }
    }

    // The number stands for the address that Python prints.
    public override string Repr() => string.Equals(typeName, "generator", StringComparison.Ordinal)
        ? $"<generator object {name} at 0x{ValueHash():x12}>"
        : $"<{typeName} object at 0x{ValueHash():x12}>";
}
