using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Graph;

/// <summary>How versions of a model compare: as numbers when both are, otherwise as texts.</summary>
internal static class VersionOrder
{
    public static int Compare(object? left, object? right)
    {
        if (Number(left) is { } a && Number(right) is { } b)
        {
            return a.CompareTo(b);
        }

        return string.CompareOrdinal(Val.Str(left), Val.Str(right));
    }

    private static double? Number(object? value) => value switch
    {
        long number => number,
        double number => number,
        string text when double.TryParse(text, out var number) => number,
        _ => null,
    };
}
