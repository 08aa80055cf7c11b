namespace FhirAspire.Jinja;

/// <summary>
/// The base of every value that is no plain .NET value: containers with Python's semantics, functions, and the objects that a host
/// puts into templates. A template reaches nothing but what these members give: there is no reflection.
/// </summary>
public abstract class JinjaObject
{
    /// <summary>The type's name as Python's messages show it, such as <c>list</c> or <c>datetime.date</c>.</summary>
    public virtual string TypeName => GetType().Name;

    /// <summary>Finds an attribute. Names that begin with an underscore are never given out, whatever this says.</summary>
    public virtual bool TryGetAttribute(string name, out object? value)
    {
        value = null;
        return false;
    }

    /// <summary>Finds what stands behind a key or index; false when there is no such item or the object has no items.</summary>
    public virtual bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return false;
    }

    /// <summary>The number of items; null when the object has no length.</summary>
    public virtual int? Length => null;

    /// <summary>Whether the object counts as true.</summary>
    public virtual bool IsTrue => Length is not 0;

    /// <summary>The items for a loop; null when the object cannot be iterated.</summary>
    public virtual IEnumerable<object?>? Iterate() => null;

    /// <summary>Whether <c>value in this</c> holds; null to go through the items.</summary>
    public virtual bool? Contains(object? value) => null;

    /// <summary>Python's <c>repr</c>.</summary>
    public virtual string Repr() => $"<{TypeName} object>";

    /// <summary>Python's <c>str</c>; by default the same as <see cref="Repr"/>.</summary>
    public virtual string Str() => Repr();

    /// <summary>Whether the object is a mapping (test <c>mapping</c>).</summary>
    public virtual bool IsMapping => false;

    /// <summary>Whether <see cref="Call"/> may be used.</summary>
    public virtual bool IsCallable => false;

    /// <summary>Calls the object.</summary>
    /// <exception cref="JinjaException">The object is no function, or the function fails.</exception>
    public virtual object? Call(JinjaCall call) => throw Fault.Type($"'{TypeName}' object is not callable");

    /// <summary>Whether the object equals another value; by default only itself.</summary>
    public virtual bool ValueEquals(object? other) => ReferenceEquals(this, other);

    /// <summary>The hash that goes with <see cref="ValueEquals"/>. Mutable containers throw <c>unhashable type</c>.</summary>
    public virtual int ValueHash() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>Orders the object against another value: negative, 0, positive; null when they cannot be ordered.</summary>
    public virtual int? CompareTo(object? other) => null;

    /// <inheritdoc />
    public override string ToString() => Str();
}
