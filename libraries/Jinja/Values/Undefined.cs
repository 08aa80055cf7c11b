using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>A value that is not defined. What a template may do with it depends on <see cref="UndefinedKind"/>.</summary>
public sealed class JinjaUndefined : JinjaObject
{
    internal static readonly object NoObject = new();

    private readonly string? _hint;
    private readonly object? _owner;
    private readonly object? _key;
    private readonly bool _security;

    internal JinjaUndefined(UndefinedKind kind, string? hint, object? owner, object? key, bool security = false)
    {
        Kind = kind;
        _hint = hint;
        _owner = kind == UndefinedKind.DbtParse ? NoObject : owner;
        _key = key;
        _security = security;
    }

    /// <summary>Makes an undefined variable.</summary>
    public JinjaUndefined(UndefinedKind kind, string name)
        : this(kind, null, NoObject, name)
    {
    }

    /// <summary>What may be done with it.</summary>
    public UndefinedKind Kind { get; }

    /// <summary>The name, key or attribute that was not found.</summary>
    public string? Name => _key as string;

    /// <summary>The message of the error that a use of it raises.</summary>
    public string Reason
    {
        get
        {
            if (_hint is not null)
            {
                return _hint;
            }

            if (ReferenceEquals(_owner, NoObject))
            {
                return $"{Runtime.Repr.Of(_key)} is undefined";
            }

            return _key is string
                ? $"{Runtime.Repr.Of(Types.Describe(_owner))} has no attribute {Runtime.Repr.Of(_key)}"
                : $"{Types.Describe(_owner)} has no element {Runtime.Repr.Of(_key)}";
        }
    }

    /// <inheritdoc />
    public override string TypeName => Kind switch
    {
        UndefinedKind.Strict => "StrictUndefined",
        UndefinedKind.Chainable => "ChainableUndefined",
        UndefinedKind.Debug => "DebugUndefined",
        _ => "Undefined",
    };

    /// <inheritdoc />
    public override int? Length => Kind == UndefinedKind.Strict ? throw Error() : 0;

    /// <inheritdoc />
    public override bool IsTrue => Kind == UndefinedKind.Strict ? throw Error() : false;

    /// <inheritdoc />
    public override bool IsCallable => true;

    /// <summary>The error for a use that is not allowed.</summary>
    public JinjaException Error() => _security ? Fault.Security(Reason) : Fault.Undefined(Reason);

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = this;
        switch (Kind)
        {
            case UndefinedKind.Chainable:
                return true;
            case UndefinedKind.DbtParse:
                value = name switch
                {
                    "name" => Name,
                    "hint" or "node" => null,
                    "unsafe_callable" or "alters_data" => Boxed.False,
                    _ => new JinjaUndefined(Kind, _hint, NoObject, name),
                };
                return true;
            default:
                throw Error();
        }
    }

    /// <inheritdoc />
    public override bool TryGetItem(object? key, out object? value)
    {
        value = this;
        return Kind is UndefinedKind.Chainable or UndefinedKind.DbtParse ? true : throw Error();
    }

    /// <inheritdoc />
    public override object? Call(JinjaCall call) => Kind == UndefinedKind.DbtParse ? this : throw Error();

    /// <inheritdoc />
    public override IEnumerable<object?> Iterate() => Kind == UndefinedKind.Strict ? throw Error() : [];

    /// <inheritdoc />
    public override bool? Contains(object? value) => Kind == UndefinedKind.Strict ? throw Error() : false;

    /// <inheritdoc />
    public override string Str() => Kind switch
    {
        UndefinedKind.Strict => throw Error(),
        UndefinedKind.Debug => "{{ " + DebugText() + " }}",
        _ => string.Empty,
    };

    /// <inheritdoc />
    public override string Repr() => "Undefined";

    /// <inheritdoc />
    public override bool ValueEquals(object? other) => Kind == UndefinedKind.Strict ? throw Error() : other is JinjaUndefined;

    /// <inheritdoc />
    public override int ValueHash() => Kind == UndefinedKind.Strict ? throw Error() : 7;

    private string DebugText()
    {
        if (_hint is not null)
        {
            return $"undefined value printed: {_hint}";
        }

        return ReferenceEquals(_owner, NoObject)
            ? Name ?? string.Empty
            : $"no such element: {Types.Describe(_owner)}[{Runtime.Repr.Of(_key)}]";
    }
}
