using FhirAspire.Simulation.Engine;

namespace FhirAspire.Simulation.Modules.Conditions;

/// <summary>A logical condition of a guard or transition.</summary>
internal abstract class Condition
{
    public abstract bool Test(Life life, Frame frame, long time);
}

/// <summary>Comparison operators of module files.</summary>
internal enum Comparison
{
    Less,
    LessOrEqual,
    Equal,
    GreaterOrEqual,
    Greater,
    NotEqual,
    IsNil,
    IsNotNil,
}

internal static class Comparisons
{
    public static readonly string[] Names = ["<", "<=", "==", ">=", ">", "!=", "is nil", "is not nil"];

    public static bool Holds(this Comparison comparison, double left, double right) => comparison switch
    {
        Comparison.Less => left < right,
        Comparison.LessOrEqual => left <= right,
        Comparison.Equal => left == right,
        Comparison.GreaterOrEqual => left >= right,
        Comparison.Greater => left > right,
        Comparison.NotEqual => left != right,
        Comparison.IsNil => false,
        _ => true,
    };
}
