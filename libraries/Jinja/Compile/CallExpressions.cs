using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Compile;

/// <summary>The arguments of a call.</summary>
internal sealed class Arguments(Ex[] positional, string[] names, Ex[] values, Ex? star, Ex? doubleStar)
{
    public static readonly Arguments None = new([], [], [], null, null);

    public bool AllConstant => positional.All(item => item.Constant) && values.All(item => item.Constant) && (star?.Constant ?? true) && (doubleStar?.Constant ?? true);

    public bool Simple => values.Length == 0 && star is null && doubleStar is null;

    public int Count => positional.Length;

    public object?[] Positional(Frame f, object? first, bool hasFirst)
    {
        var offset = hasFirst ? 1 : 0;
        if (star is null)
        {
            if (positional.Length + offset == 0)
            {
                return [];
            }

            var result = new object?[positional.Length + offset];
            if (hasFirst)
            {
                result[0] = first;
            }

            for (var i = 0; i < positional.Length; i++)
            {
                result[i + offset] = positional[i].Eval(f);
            }

            return result;
        }

        var items = new List<object?>(positional.Length + 4);
        if (hasFirst)
        {
            items.Add(first);
        }

        foreach (var item in positional)
        {
            items.Add(item.Eval(f));
        }

        var more = star.Eval(f);
        items.AddRange(Ops.TryIterate(more) ?? throw Fault.Type($"Value after * must be an iterable, not {Types.Name(more)}"));
        return [.. items];
    }

    public KeyValuePair<string, object?>[] Keywords(Frame f, object? caller = null)
    {
        if (values.Length == 0 && doubleStar is null && caller is null)
        {
            return Calls.NoKeywords;
        }

        var result = new List<KeyValuePair<string, object?>>(values.Length + 1);
        for (var i = 0; i < values.Length; i++)
        {
            result.Add(new KeyValuePair<string, object?>(names[i], values[i].Eval(f)));
        }

        if (caller is not null)
        {
            result.Add(new KeyValuePair<string, object?>("caller", caller));
        }

        if (doubleStar is not null)
        {
            var more = doubleStar.Eval(f);
            if (more is not JinjaDict dict)
            {
                throw more is JinjaUndefined undefined ? undefined.Error() : Fault.Type($"argument after ** must be a mapping, not {Types.Name(more)}");
            }

            foreach (var (key, value) in dict.Entries)
            {
                if (!Ops.TryText(key, out var name))
                {
                    throw Fault.Type("keywords must be strings");
                }

                if (result.Exists(pair => string.Equals(pair.Key, name, StringComparison.Ordinal)))
                {
                    throw Fault.Type($"got multiple values for keyword argument '{name}'");
                }

                result.Add(new KeyValuePair<string, object?>(name, value));
            }
        }

        return [.. result];
    }
}

internal sealed class CallEx(Ex callee, Arguments arguments, int line) : Ex
{
    /// <summary>Whether the statement around it understands <see cref="ReturnMarker"/>.</summary>
    public bool Raw;

    /// <summary>The caller of a call block.</summary>
    public Func<Frame, object?>? Caller;

    public override object? Eval(Frame f)
    {
        var function = callee.Eval(f);
        var positional = arguments.Positional(f, null, hasFirst: false);
        var result = Calls.InvokeRaw(new JinjaCall(f.Context, positional, arguments.Keywords(f, Caller?.Invoke(f)), line), function);
        return !Raw && ReferenceEquals(result, ReturnMarker.Instance) ? throw new ReturnException() : result;
    }
}

/// <summary><c>value.name(...)</c>: methods of built-in types are called without a bound method in between.</summary>
internal sealed class MethodCallEx(Ex operand, string name, Arguments arguments, int line) : Ex
{
    public bool Raw;

    public override object? Eval(Frame f)
    {
        var owner = operand.Eval(f);
        if (Methods.Find(owner, name) is { } method)
        {
            f.Session.Step();
            var args = arguments.Positional(f, null, hasFirst: false);
            return method.Invoke(f.Context, owner, args, arguments.Keywords(f));
        }

        var function = owner is LoopContext loop && loop.TryGetAttribute(name, out var member) ? member : Access.Attribute(f.Environment, owner, name);
        var positional = arguments.Positional(f, null, hasFirst: false);
        var result = Calls.InvokeRaw(new JinjaCall(f.Context, positional, arguments.Keywords(f), line), function);
        return !Raw && ReferenceEquals(result, ReturnMarker.Instance) ? throw new ReturnException() : result;
    }
}

internal sealed class FilterEx(FilterEntry entry, Ex operand, Arguments arguments) : Ex
{
    public override object? Eval(Frame f)
    {
        var value = operand.Eval(f);
        return entry.Invoke(f.Context, arguments.Positional(f, value, hasFirst: true), arguments.Keywords(f));
    }
}

internal sealed class TestEx(FilterEntry entry, Ex operand, Arguments arguments) : Ex
{
    public override object? Eval(Frame f)
    {
        var value = operand.Eval(f);
        return entry.Invoke(f.Context, arguments.Positional(f, value, hasFirst: true), arguments.Keywords(f));
    }
}

/// <summary>A filter or test that is not there, inside a condition: fails when it is reached.</summary>
internal sealed class UnknownEx(string reason, Ex? operand, Arguments arguments) : Ex
{
    public override object? Eval(Frame f)
    {
        arguments.Positional(f, operand?.Eval(f), hasFirst: true);
        throw Fault.Template(reason);
    }
}

/// <summary>The text of a filter block, handed to its filters.</summary>
internal sealed class PendingEx : Ex
{
    public int Slot;

    public override object? Eval(Frame f) => f.Slots[Slot];
}
