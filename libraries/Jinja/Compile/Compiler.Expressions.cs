using FhirAspire.Jinja.Runtime;
using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja.Compile;

/// <content>Expressions, and the folding of constants.</content>
internal sealed partial class Compiler
{
    private static Ex Name(string name, Scope scope)
    {
        var slot = scope.Symbols.Ref(name);
        var hops = scope.Function.HopsTo(slot.Function!);
        return hops == 0 ? new LocalEx(name, slot.Index) : new OuterEx(name, hops, slot.Index);
    }

    private Ex Compile(Expression node, Scope scope)
    {
        Enter(node);
        var result = CompileCore(node, scope);
        _depth--;
        return result;
    }

    private Ex[] CompileAll(IReadOnlyList<Expression> nodes, Scope scope)
    {
        var result = new Ex[nodes.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Compile(nodes[i], scope);
        }

        return result;
    }

    private Ex CompileCore(Expression node, Scope scope)
    {
        switch (node)
        {
            case NameNode name:
                return Name(name.Name, scope);
            case ConstNode constant:
                return new ConstEx(constant.Value);
            case DataNode data:
                return new ConstEx(data.Text);
            case ListNode list:
                {
                    var items = CompileAll(list.Items, scope);
                    return Fold(new ListEx(items), Constant(items));
                }

            case TupleNode tuple:
                {
                    var items = CompileAll(tuple.Items, scope);
                    return Fold(new TupleEx(items), Constant(items));
                }

            case DictNode dict:
                {
                    var items = dict.Items.Select(item => (Key: Compile(item.Key, scope), Value: Compile(item.Value, scope))).ToArray();
                    return Fold(new DictEx(items), Array.TrueForAll(items, item => item.Key.Constant && item.Value.Constant));
                }

            case ConditionalNode conditional:
                return CompileConditional(conditional, scope);
            case FilterNode filter:
                return CompileFilter(filter, scope, null);
            case TestNode test:
                return CompileTest(test, scope);
            case CallNode call:
                {
                    var arguments = CompileArguments(call.Arguments, scope);
                    return call.Callee is AttributeNode method
                        ? new MethodCallEx(Compile(method.Operand, scope), method.Name, arguments, call.Line)
                        : new CallEx(Compile(call.Callee, scope), arguments, call.Line);
                }

            case AttributeNode attribute:
                {
                    var operand = Compile(attribute.Operand, scope);
                    return Fold(new AttributeEx(operand, attribute.Name), operand.Constant);
                }

            case ItemNode item:
                {
                    var operand = Compile(item.Operand, scope);
                    var key = Compile(item.Key, scope);
                    var constant = operand.Constant && (key.Constant || key is SliceEx { AllConstant: true });
                    return Fold(new ItemEx(operand, key, constant), constant);
                }

            case SliceNode slice:
                return new SliceEx(
                    slice.First is null ? null : Compile(slice.First, scope),
                    slice.Stop is null ? null : Compile(slice.Stop, scope),
                    slice.Step is null ? null : Compile(slice.Step, scope));
            case ConcatNode concat:
                {
                    var items = CompileAll(concat.Items, scope);
                    return Fold(new ConcatEx(items), Constant(items) && !_volatile);
                }

            case CompareNode compare:
                {
                    var first = Compile(compare.First, scope);
                    var rest = compare.Rest.Select(item => (item.Operator, Operand: Compile(item.Operand, scope))).ToArray();
                    Ex result = rest.Length == 1 ? new SingleCompareEx(first, rest[0].Operator, rest[0].Operand) : new CompareEx(first, rest);
                    return Fold(result, first.Constant && Array.TrueForAll(rest, item => item.Operand.Constant));
                }

            case BinaryNode binary:
                return CompileBinary(binary, scope);
            case UnaryNode unary:
                {
                    var operand = Compile(unary.Operand, scope);
                    Ex result = unary.Operator == UnaryOperator.Not ? new NotEx(operand) : new SignEx(unary.Operator == UnaryOperator.Minus, operand);
                    return Fold(result, operand.Constant);
                }

            default:
                throw new InvalidOperationException($"no code for {node.GetType().Name}");
        }
    }

    private Ex CompileBinary(BinaryNode binary, Scope scope)
    {
        var left = Compile(binary.Left, scope);
        var right = Compile(binary.Right, scope);
        if (binary.Operator is BinaryOperator.And or BinaryOperator.Or)
        {
            var isAnd = binary.Operator == BinaryOperator.And;
            if (left.Constant)
            {
                var holds = left.IsTrue(_constFrame);
                return holds == isAnd ? right : left;
            }

            return isAnd ? new AndEx(left, right) : new OrEx(left, right);
        }

        if (binary.Operator == BinaryOperator.Power && left is ConstEx constant && !right.Constant && IsNegative(constant.Value))
        {
            // Jinja2 writes the folded number into Python code as it prints, without parentheses, and there the sign binds less than the power.
            return new SignEx(minus: true, new BinaryEx(BinaryOperator.Power, new ConstEx(Ops.Negate(constant.Value)), right));
        }

        return Fold(new BinaryEx(binary.Operator, left, right), left.Constant && right.Constant);
    }

    private Ex CompileConditional(ConditionalNode node, Scope scope)
    {
        var soft = scope.Softened();
        var test = Compile(node.Test, soft);
        var then = Compile(node.Then, soft);
        var otherwise = node.Else is null ? null : Compile(node.Else, soft);
        if (test.Constant)
        {
            var chosen = test.IsTrue(_constFrame) ? then : otherwise;
            if (chosen is { Constant: true })
            {
                return chosen;
            }
        }

        var place = _template.Name is null ? $"line {node.Line}" : $"line {node.Line} in {Repr.Of(_template.Name)}";
        return new CondEx(test, then, otherwise, $"the inline if-expression on {place} evaluated to false and no else section was defined.");
    }

    private Arguments CompileArguments(ArgumentsNode node, Scope scope)
    {
        if (ReferenceEquals(node, ArgumentsNode.None))
        {
            return Arguments.None;
        }

        return new Arguments(
            CompileAll(node.Positional, scope),
            [.. node.Keywords.Select(item => item.Name)],
            CompileAll([.. node.Keywords.Select(item => item.Value)], scope),
            node.Star is null ? null : Compile(node.Star, scope),
            node.DoubleStar is null ? null : Compile(node.DoubleStar, scope));
    }

    private Ex CompileFilter(FilterNode node, Scope scope, PendingEx? pending)
    {
        var operand = node.Operand is null ? pending! : node.Operand is FilterNode inner && pending is not null ? CompileFilter(inner, scope, pending) : Compile(node.Operand, scope);
        var arguments = CompileArguments(node.Arguments, scope);
        if (_environment.Filters.TryGetValue(node.Name, out var entry))
        {
            return Fold(new FilterEx(entry, operand, arguments), operand.Constant && !entry.PassContext && arguments.AllConstant && !_volatile);
        }

        return scope.Soft
            ? new UnknownEx($"No filter named {Repr.Of(node.Name)} found.", operand, arguments)
            : throw Fail($"No filter named {Repr.Of(node.Name)}.", node);
    }

    private Ex CompileTest(TestNode node, Scope scope)
    {
        var operand = Compile(node.Operand, scope);
        var arguments = CompileArguments(node.Arguments, scope);
        if (_environment.Tests.TryGetValue(node.Name, out var entry))
        {
            return Fold(new TestEx(entry, operand, arguments), operand.Constant && !entry.PassContext && arguments.AllConstant && !_volatile);
        }

        return scope.Soft
            ? new UnknownEx($"No test named {Repr.Of(node.Name)} found.", operand, arguments)
            : throw Fail($"No test named {Repr.Of(node.Name)}.", node);
    }

    private static bool Constant(Ex[] items) => Array.TrueForAll(items, item => item.Constant);

    /// <summary>Evaluates what needs no variable now; what fails is left to fail when it is reached.</summary>
    private Ex Fold(Ex node, bool possible)
    {
        if (!possible)
        {
            return node;
        }

        object? value;
        try
        {
            value = node.Eval(_constFrame);
        }
        catch (JinjaException)
        {
            return node;
        }

        if (!IsSafe(value))
        {
            return node;
        }

        if (IsFrozen(value))
        {
            return new ConstEx(value);
        }

        node.Constant = true;
        return node;
    }

    /// <summary>Values that Jinja2 can write into generated code.</summary>
    private static bool IsSafe(object? value) => value switch
    {
        null or string or bool or long or double or System.Numerics.BigInteger or JinjaRange or Markup => true,
        JinjaTuple or JinjaList or JinjaSet => Ops.Iterate(value).All(IsSafe),
        JinjaDict dict => dict.Entries.All(entry => IsSafe(entry.Key) && IsSafe(entry.Value)),
        _ => false,
    };

    private static bool IsNegative(object? value) => value switch
    {
        long number => number < 0,
        double number => double.IsNegative(number),
        System.Numerics.BigInteger number => number.Sign < 0,
        _ => false,
    };

    private static bool IsFrozen(object? value) => value is null or string or bool or long or double or System.Numerics.BigInteger or JinjaRange or Markup
        || (value is JinjaTuple tuple && tuple.Items.All(IsFrozen));
}

internal sealed class SingleCompareEx(Ex left, CompareOperator op, Ex right) : Ex
{
    public override object? Eval(Frame f) => Boxed.Of(IsTrue(f));

    public override bool IsTrue(Frame f)
    {
        var a = left.Eval(f);
        return CompareEx.Compare(op, a, right.Eval(f));
    }
}
