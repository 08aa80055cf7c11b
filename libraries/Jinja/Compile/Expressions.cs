using FhirAspire.Jinja.Runtime;
using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja.Compile;

internal sealed class ConstEx : Ex
{
    private readonly object? _value;
    private readonly bool _true;

    public ConstEx(object? value)
    {
        _value = value;
        _true = Ops.IsTrue(value);
        Constant = true;
    }

    public object? Value => _value;

    public override object? Eval(Frame f) => _value;

    public override bool IsTrue(Frame f) => _true;
}

internal sealed class LocalEx(string name, int slot) : Ex
{
    public override object? Eval(Frame f)
    {
        var value = f.Slots[slot];
        return ReferenceEquals(value, Missing.Value) ? f.Environment.MakeUndefined(name) : value;
    }
}

internal sealed class OuterEx(string name, int hops, int slot) : Ex
{
    public override object? Eval(Frame f)
    {
        for (var i = hops; i > 0; i--)
        {
            f = f.Up!;
        }

        var value = f.Slots[slot];
        return ReferenceEquals(value, Missing.Value) ? f.Environment.MakeUndefined(name) : value;
    }
}

internal sealed class ListEx(Ex[] items) : Ex
{
    public override object? Eval(Frame f)
    {
        var list = new List<object?>(items.Length);
        foreach (var item in items)
        {
            list.Add(item.Eval(f));
        }

        return new JinjaList(list, own: true);
    }
}

internal sealed class TupleEx(Ex[] items) : Ex
{
    public override object? Eval(Frame f)
    {
        var values = new object?[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            values[i] = items[i].Eval(f);
        }

        return new JinjaTuple(values);
    }
}

internal sealed class DictEx((Ex Key, Ex Value)[] items) : Ex
{
    public override object? Eval(Frame f)
    {
        var dict = new JinjaDict();
        foreach (var (key, value) in items)
        {
            var k = key.Eval(f);
            dict.Set(k, value.Eval(f));
        }

        return dict;
    }
}

internal sealed class CondEx(Ex test, Ex then, Ex? otherwise, string hint) : Ex
{
    public override object? Eval(Frame f)
    {
        if (test.IsTrue(f))
        {
            return then.Eval(f);
        }

        // Always the plain kind, as in Jinja2.
        return otherwise is null ? new JinjaUndefined(UndefinedKind.Default, hint, JinjaUndefined.NoObject, null) : otherwise.Eval(f);
    }
}

internal sealed class AttributeEx(Ex operand, string name) : Ex
{
    public override object? Eval(Frame f)
    {
        var owner = operand.Eval(f);
        if (owner is LoopContext loop && loop.TryGetAttribute(name, out var value))
        {
            return value;
        }

        return Access.Attribute(f.Environment, owner, name);
    }
}

internal sealed class ItemEx(Ex operand, Ex key, bool constant) : Ex
{
    public override object? Eval(Frame f)
    {
        var owner = operand.Eval(f);
        var value = key.Eval(f);
        return value is JinjaSlice slice && !constant ? Access.Slice(owner, slice) : Access.Item(f.Environment, owner, value);
    }
}

internal sealed class SliceEx(Ex? first, Ex? stop, Ex? step) : Ex
{
    public bool AllConstant => (first?.Constant ?? true) && (stop?.Constant ?? true) && (step?.Constant ?? true);

    public override object? Eval(Frame f) => new JinjaSlice(first?.Eval(f), stop?.Eval(f), step?.Eval(f));
}

internal sealed class ConcatEx(Ex[] items) : Ex
{
    public override object? Eval(Frame f)
    {
        var parts = new string[items.Length];
        var markup = false;
        object?[]? values = f.Context.Autoescape ? new object?[items.Length] : null;
        long size = 0;
        for (var i = 0; i < items.Length; i++)
        {
            var value = items[i].Eval(f);
            if (values is not null)
            {
                values[i] = value;
                markup |= value is Markup;
            }

            parts[i] = value as string ?? Repr.Str(value);
            size += parts[i].Length;
        }

        Ops.Guard(size);
        if (!markup)
        {
            return string.Concat(parts);
        }

        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = values![i] is Markup ? parts[i] : Markup.Escape(parts[i]);
        }

        return new Markup(string.Concat(parts));
    }
}

internal sealed class CompareEx(Ex first, (CompareOperator Operator, Ex Operand)[] rest) : Ex
{
    public override object? Eval(Frame f) => Boxed.Of(IsTrue(f));

    public override bool IsTrue(Frame f)
    {
        var left = first.Eval(f);
        foreach (var (op, operand) in rest)
        {
            var right = operand.Eval(f);
            if (!Compare(op, left, right))
            {
                return false;
            }

            left = right;
        }

        return true;
    }

    public static bool Compare(CompareOperator op, object? left, object? right)
    {
        if (left is long a && right is long b)
        {
            switch (op)
            {
                case CompareOperator.Equal:
                    return a == b;
                case CompareOperator.NotEqual:
                    return a != b;
                case CompareOperator.Less:
                    return a < b;
                case CompareOperator.LessOrEqual:
                    return a <= b;
                case CompareOperator.Greater:
                    return a > b;
                case CompareOperator.GreaterOrEqual:
                    return a >= b;
            }
        }

        return op switch
        {
            CompareOperator.Equal => Equality.Same(left, right),
            CompareOperator.NotEqual => !Equality.Same(left, right),
            CompareOperator.Less => Ops.Order(left, right, "<", 0),
            CompareOperator.LessOrEqual => Ops.Order(left, right, "<=", 1),
            CompareOperator.Greater => Ops.Order(left, right, ">", 2),
            CompareOperator.GreaterOrEqual => Ops.Order(left, right, ">=", 3),
            CompareOperator.In => Ops.Contains(left, right),
            _ => !Ops.Contains(left, right),
        };
    }
}

internal sealed class BinaryEx(BinaryOperator op, Ex left, Ex right) : Ex
{
    public override object? Eval(Frame f)
    {
        var a = left.Eval(f);
        var b = right.Eval(f);
        return op switch
        {
            BinaryOperator.Add => Ops.Add(a, b),
            BinaryOperator.Subtract => Ops.Subtract(a, b),
            BinaryOperator.Multiply => Ops.Multiply(a, b),
            BinaryOperator.Divide => Ops.Divide(a, b),
            BinaryOperator.FloorDivide => Ops.FloorDivide(a, b),
            BinaryOperator.Modulo => Ops.Modulo(a, b),
            _ => Ops.Power(a, b),
        };
    }
}

internal sealed class AndEx(Ex left, Ex right) : Ex
{
    public override object? Eval(Frame f)
    {
        var value = left.Eval(f);
        return Ops.IsTrue(value) ? right.Eval(f) : value;
    }

    public override bool IsTrue(Frame f) => left.IsTrue(f) && right.IsTrue(f);
}

internal sealed class OrEx(Ex left, Ex right) : Ex
{
    public override object? Eval(Frame f)
    {
        var value = left.Eval(f);
        return Ops.IsTrue(value) ? value : right.Eval(f);
    }

    public override bool IsTrue(Frame f) => left.IsTrue(f) || right.IsTrue(f);
}

internal sealed class NotEx(Ex operand) : Ex
{
    public override object? Eval(Frame f) => Boxed.Of(!operand.IsTrue(f));

    public override bool IsTrue(Frame f) => !operand.IsTrue(f);
}

internal sealed class SignEx(bool minus, Ex operand) : Ex
{
    public override object? Eval(Frame f) => minus ? Ops.Negate(operand.Eval(f)) : Ops.Plus(operand.Eval(f));
}
