using System.Numerics;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Shared boxes for the values that occur most.</summary>
internal static class Boxed
{
    public static readonly object True = true;
    public static readonly object False = false;
    public static readonly object Zero = 0L;
    private const int Lowest = -128;
    private static readonly object[] Small = Enumerable.Range(Lowest, 1152).Select(i => (object)(long)i).ToArray();
    private static readonly BigInteger Min = long.MinValue;
    private static readonly BigInteger Max = long.MaxValue;
    private static readonly string[] Characters = Enumerable.Range(0, 256).Select(i => ((char)i).ToString()).ToArray();

    public static object Of(bool value) => value ? True : False;

    public static object Of(long value)
    {
        var index = value - Lowest;
        return (ulong)index < (ulong)Small.Length ? Small[index] : value;
    }

    /// <summary>An integer in its one form: 64 bits when it fits.</summary>
    public static object Of(BigInteger value) => value >= Min && value <= Max ? Of((long)value) : value;

    public static string Of(char value) => value < 256 ? Characters[value] : value.ToString();
}
