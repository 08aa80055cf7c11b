using FhirAspire.Jinja.Builtins;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Attributes and items, with the rules of the sandbox: names with a leading underscore are never given out.</summary>
internal static class Access
{
    // What every object has in Python, and what its built-in types have besides: asking for one of these is a matter for the sandbox.
    private static readonly HashSet<string> Dunder = new(StringComparer.Ordinal)
    {
        "__class__", "__doc__", "__init__", "__new__", "__repr__", "__str__", "__hash__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__",
        "__getattribute__", "__setattr__", "__delattr__", "__dir__", "__format__", "__reduce__", "__reduce_ex__", "__sizeof__", "__init_subclass__", "__subclasshook__", "__getstate__",
    };

    private static readonly HashSet<string> ContainerDunder = new(StringComparer.Ordinal) { "__len__", "__getitem__", "__iter__", "__contains__", "__add__", "__mul__", "__rmul__", "__reversed__", "__setitem__", "__delitem__", "__class_getitem__", "__getnewargs__", "__mod__", "__rmod__" };

    private static readonly HashSet<string> FunctionDunder = new(StringComparer.Ordinal) { "__globals__", "__code__", "__closure__", "__defaults__", "__kwdefaults__", "__call__", "__name__", "__qualname__", "__module__", "__dict__", "__get__", "__self__", "__func__", "__wrapped__", "__annotations__", "__builtins__" };

    private static readonly HashSet<string> NumberDunder = new(StringComparer.Ordinal) { "__add__", "__sub__", "__mul__", "__truediv__", "__floordiv__", "__mod__", "__int__", "__float__", "__bool__", "__abs__", "__neg__", "__pos__", "__index__", "__round__", "__pow__", "__radd__" };

    public static object? Attribute(JinjaEnvironment environment, object? owner, string name)
    {
        if (name.StartsWith('_'))
        {
            return Private(environment, owner, name, item: true);
        }

        if (TryMember(owner, name, out var value))
        {
            return value;
        }

        return TryItem(owner, name, out value) ? value : environment.UndefinedItem(owner, name);
    }

    /// <summary>The filter <c>attr</c>: attributes only.</summary>
    public static object? AttributeOnly(JinjaEnvironment environment, object? owner, string name)
    {
        if (name.StartsWith('_'))
        {
            return Private(environment, owner, name, item: false);
        }

        return TryMember(owner, name, out var value) ? value : environment.UndefinedItem(owner, name);
    }

    public static object? Item(JinjaEnvironment environment, object? owner, object? key)
    {
        if (TryItem(owner, key, out var value))
        {
            return value;
        }

        if (Ops.TryText(key, out var name))
        {
            if (name.StartsWith('_'))
            {
                return IsPrivate(owner, name) ? Unsafe(environment, owner, name) : environment.UndefinedItem(owner, key);
            }

            if (TryMember(owner, name, out value))
            {
                return value;
            }
        }

        return environment.UndefinedItem(owner, key);
    }

    private static object? Private(JinjaEnvironment environment, object? owner, string name, bool item)
    {
        if (IsPrivate(owner, name))
        {
            return Unsafe(environment, owner, name);
        }

        return item && TryItem(owner, name, out var value) ? value : environment.UndefinedItem(owner, name);
    }

    private static JinjaUndefined Unsafe(JinjaEnvironment environment, object? owner, string name) =>
        new(environment.Options.Undefined, $"access to attribute {Repr.Of(name)} of {Repr.Of(Types.Short(owner))} object is unsafe.", owner, name, security: true);

    private static bool IsPrivate(object? owner, string name)
    {
        if (Dunder.Contains(name))
        {
            return true;
        }

        return owner switch
        {
            string or StringValue or JinjaList or JinjaTuple or JinjaDict or JinjaSet or JinjaRange or JinjaBytes => ContainerDunder.Contains(name),
            long or bool or double or System.Numerics.BigInteger => NumberDunder.Contains(name),
            JinjaUndefined => false,
            JinjaObject { IsMapping: true } => ContainerDunder.Contains(name),
            JinjaObject item => (item.IsCallable && FunctionDunder.Contains(name)) || item.TryGetAttribute(name, out _),
            _ => false,
        };
    }

    private static bool TryMember(object? owner, string name, out object? value)
    {
        if (owner is JinjaObject item && item.TryGetAttribute(name, out value))
        {
            if (!JinjaValue.IsValue(value))
            {
                value = JinjaValue.From(value);
            }

            return true;
        }

        if (Methods.Find(owner, name) is { } method)
        {
            value = new BoundMethod(owner, method);
            return true;
        }

        return Methods.TryProperty(owner, name, out value);
    }

    public static bool TryItem(object? owner, object? key, out object? value)
    {
        value = null;
        if (key is JinjaSlice slice)
        {
            return TrySlice(owner, slice, out value);
        }

        switch (owner)
        {
            case string or StringValue:
                {
                    Ops.TryText(owner, out var text);
                    if (!Ops.TryIndex(key, out var index))
                    {
                        return false;
                    }

                    if (Text.HasSurrogates(text))
                    {
                        if (!Sequences.TryIndex([.. Text.Characters(text)], key, out value))
                        {
                            return false;
                        }
                    }
                    else
                    {
                        index = index < 0 ? index + text.Length : index;
                        if (index < 0 || index >= text.Length)
                        {
                            return false;
                        }

                        value = Boxed.Of(text[(int)index]);
                    }

                    value = owner is Markup ? new Markup((string)value!) : value;
                    return true;
                }

            case JinjaDict dict:
                try
                {
                    return dict.TryGet(key, out value);
                }
                catch (JinjaException error) when (error.PythonType == "TypeError")
                {
                    return false;
                }

            case JinjaObject item:
                if (!item.TryGetItem(key, out value))
                {
                    return false;
                }

                if (!JinjaValue.IsValue(value))
                {
                    value = JinjaValue.From(value);
                }

                return true;
            default:
                return false;
        }
    }

    /// <summary>A slice written in the template: Jinja2 leaves it to Python, so what cannot be sliced is an error and no undefined value.</summary>
    public static object? Slice(object? owner, JinjaSlice slice) => owner switch
    {
        JinjaUndefined undefined => undefined.TryGetItem(slice, out var value) ? value : throw undefined.Error(),
        JinjaDict => throw Fault.Type("unhashable type: 'slice'"),
        _ when TrySlice(owner, slice, out var value) => value,
        string or StringValue or JinjaList or JinjaTuple or JinjaRange or JinjaBytes => throw Fault.Type("slice indices must be integers or None or have an __index__ method"),
        _ => throw Fault.Type($"'{Types.Name(owner)}' object is not subscriptable"),
    };

    private static bool TrySlice(object? owner, JinjaSlice slice, out object? value)
    {
        value = null;
        try
        {
            switch (owner)
            {
                case string text:
                    value = Sequences.Take(text, slice);
                    return true;
                case StringValue text:
                    value = owner is Markup ? new Markup(Sequences.Take(text.Text, slice)) : Sequences.Take(text.Text, slice);
                    return true;
                case JinjaList list:
                    value = new JinjaList([.. Sequences.Take(list.Items, slice)], own: true);
                    return true;
                case JinjaTuple tuple:
                    value = new JinjaTuple(Sequences.Take(tuple.Items, slice));
                    return true;
                case JinjaRange range:
                    {
                        var (start, step, count) = Sequences.Slice(slice, range.Size);
                        value = range.Slice(start, count, step);
                        return true;
                    }

                case JinjaBytes bytes:
                    value = new JinjaBytes([.. Sequences.Take([.. bytes.Iterate()], slice).Select(item => (byte)(long)item!)]);
                    return true;
                case JinjaUndefined or not (JinjaDict or null) and JinjaObject:
                    return ((JinjaObject)owner!).TryGetItem(slice, out value);
                default:
                    return false;
            }
        }
        catch (JinjaException error) when (error.PythonType == "TypeError")
        {
            return false;
        }
    }
}

/// <summary>A method of a built-in type, bound to its value.</summary>
internal sealed class BoundMethod(object? self, Method method) : JinjaObject
{
    public override string TypeName => "builtin_function_or_method";

    public override bool IsCallable => true;

    public override object? Call(JinjaCall call) => method.Invoke(call.Context, self, call.Positional, call.Keywords);

    public override bool ValueEquals(object? other) => ReferenceEquals(this, other);

    public override string Repr() => $"<built-in method {method.Name} of {Types.Name(self)} object at 0x{System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(self):x12}>";
}
