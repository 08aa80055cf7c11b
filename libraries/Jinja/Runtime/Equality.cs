using System.Numerics;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Python's <c>==</c> and <c>hash</c>.</summary>
internal static class Equality
{
    public static bool Same(object? left, object? right)
    {
        if (ReferenceEquals(left, right))
        {
            return left is not double number || !double.IsNaN(number);
        }

        switch (left)
        {
            case string text:
                return right is string other ? string.Equals(text, other, StringComparison.Ordinal) : right is StringValue wrapped && wrapped.ValueEquals(text);
            case long a when right is long b:
                return a == b;
            case JinjaObject item:
                // An object of the right side may know the left one, as in Python's reflected comparison.
                return item.ValueEquals(right) || (right is JinjaObject reflected && reflected.GetType() != item.GetType() && reflected.ValueEquals(item));
            case null:
                return right is JinjaObject unknown and not JinjaUndefined { Kind: not UndefinedKind.Strict } && unknown.ValueEquals(null);
        }

        return right switch
        {
            JinjaObject other => other.ValueEquals(left),
            null => false,
            _ => Ops.IsNumber(left) && Ops.IsNumber(right) && Ops.CompareNumbers(left, right) == 0,
        };
    }

    public static int Hash(object? value)
    {
        switch (value)
        {
            case null:
                return 0x1234;
            case string text:
                return text.GetHashCode(StringComparison.Ordinal);
            case long number:
                return number.GetHashCode();
            case bool flag:
                return flag ? 1L.GetHashCode() : 0L.GetHashCode();
            case double number:
                return HashFloat(number);
            case BigInteger number:
                return number.GetHashCode();
            case JinjaObject item:
                return item.ValueHash();
            default:
                return value.GetHashCode();
        }
    }

    public static int HashFloat(double number)
    {
        if (Numbers.TryInteger(number, out var integer))
        {
            return integer >= long.MinValue && integer <= long.MaxValue ? ((long)integer).GetHashCode() : integer.GetHashCode();
        }

        return number.GetHashCode();
    }
}
