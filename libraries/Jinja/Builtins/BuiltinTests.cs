using FhirAspire.Jinja.Compile;
using FhirAspire.Jinja.Runtime;
using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja.Builtins;

/// <summary>The tests of Jinja2.</summary>
internal static class BuiltinTests
{
    public static readonly Dictionary<string, FilterEntry> Table = Make();

    private static Dictionary<string, FilterEntry> Make()
    {
        var table = new Dictionary<string, FilterEntry>(StringComparer.Ordinal);
        One("odd", value => Equality.Same(Ops.Modulo(value, Boxed.Of(2L)), Boxed.Of(1L)));
        One("even", value => Equality.Same(Ops.Modulo(value, Boxed.Of(2L)), Boxed.Zero));
        table["divisibleby"] = FilterEntry.Of("test_divisibleby", "value, num", (_, a) => Boxed.Of(Equality.Same(Ops.Modulo(a[0], a[1]), Boxed.Zero)));
        One("defined", value => value is not JinjaUndefined);
        One("undefined", value => value is JinjaUndefined);
        table["filter"] = FilterEntry.Of("test_filter", "value", (c, a) => Boxed.Of(Hashed(a[0], out var name) && c.Environment.HasFilter(name)), 1);
        table["test"] = FilterEntry.Of("test_test", "value", (c, a) => Boxed.Of(Hashed(a[0], out var name) && c.Environment.HasTest(name)), 1);
        One("none", value => value is null);
        One("boolean", value => value is bool);
        One("false", value => value is false);
        One("true", value => value is true);
        One("integer", value => value is long or System.Numerics.BigInteger);
        One("float", value => value is double);
        One("lower", value => Cased(value, upper: false));
        One("upper", value => Cased(value, upper: true));
        One("string", value => Ops.TryText(value, out _));
        One("mapping", value => value is JinjaObject { IsMapping: true });
        One("number", value => Ops.IsNumber(value) || value is JinjaDecimal);
        One("sequence", value => value is string or JinjaUndefined { Kind: not UndefinedKind.Strict } || (value is JinjaObject item && item is StringValue or JinjaList or JinjaTuple or JinjaDict or JinjaRange or JinjaBytes)
            || (value is JinjaObject { Length: not null } other && other is not (JinjaSet or DictView or JinjaUndefined or LoopContext)));
        One("iterable", value => Ops.IsIterable(value));
        table["callable"] = FilterEntry.One("callable", value => Boxed.Of(value is JinjaObject { IsCallable: true }));
        table["sameas"] = FilterEntry.Of("test_sameas", "value, other", (_, a) => Boxed.Of(SameObject(a[0], a[1])));
        One("escaped", value => value is Markup);
        table["in"] = FilterEntry.Of("test_in", "value, seq", (_, a) => Boxed.Of(Ops.Contains(a[0], a[1])));
        Operator("eq", CompareOperator.Equal, "==", "eq", "equalto");
        Operator("ne", CompareOperator.NotEqual, "!=", "ne");
        Operator("gt", CompareOperator.Greater, ">", "gt", "greaterthan");
        Operator("ge", CompareOperator.GreaterOrEqual, ">=", "ge");
        Operator("lt", CompareOperator.Less, "<", "lt", "lessthan");
        Operator("le", CompareOperator.LessOrEqual, "<=", "le");
        return table;

        void One(string name, Func<object?, bool> body) => table[name] = FilterEntry.Of("test_" + name, "value", (_, a) => Boxed.Of(body(a[0])));

        void Operator(string python, CompareOperator op, params ReadOnlySpan<string> names)
        {
            var entry = FilterEntry.Two(python, (left, right) => CompareEx.Compare(op, left, right));
            foreach (var name in names)
            {
                table[name] = entry;
            }
        }
    }

    private static bool Hashed(object? value, out string name)
    {
        _ = (value as JinjaObject)?.ValueHash();
        return Ops.TryText(value, out name);
    }

    private static bool Cased(object? value, bool upper)
    {
        var method = Methods.Find(string.Empty, upper ? "isupper" : "islower")!;
        return (bool)method.Invoke(null!, Repr.Str(value), [], Calls.NoKeywords)!;
    }

    private static bool SameObject(object? left, object? right) => ReferenceEquals(left, right) || (left, right) switch
    {
        (string a, string b) => string.Equals(a, b, StringComparison.Ordinal),
        (long a, long b) => a == b && a is >= -5 and <= 256,
        (bool a, bool b) => a == b,
        _ => false,
    };
}
