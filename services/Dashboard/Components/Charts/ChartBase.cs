using System.Globalization;
using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Formatting;
using FhirAspire.Dashboard.Marts;
using Microsoft.AspNetCore.Components;

namespace FhirAspire.Dashboard.Components.Charts;

/// <summary>What the drawings share.</summary>
public abstract class ChartBase : ComponentBase
{
    /// <summary>The rows.</summary>
    [Parameter, EditorRequired]
    public ReaderResult Result { get; set; } = null!;

    /// <summary>The definition.</summary>
    [Parameter, EditorRequired]
    public Chart Chart { get; set; } = null!;

    /// <summary>The address of the patients behind a mark; null where the chart has none.</summary>
    [Parameter]
    public Func<string, string>? Behind { get; set; }

    /// <summary>The number of rows.</summary>
    protected int Rows => Result.Rows.Count;

    /// <summary>A value as the chart writes it.</summary>
    protected string Write(double? value) => Chart.Unit switch
    {
        "usd" => Format.Usd(value),
        "share" => Format.Share(value),
        "number" => Format.Number(value),
        _ => value is { } v ? Format.Count((long)Math.Round(v)) : Format.None,
    };

    /// <summary>A number for SVG.</summary>
    protected static string N(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>The least round number that is not smaller, for the end of an axis.</summary>
    internal static double Nice(double value)
    {
        if (value <= 0 || !double.IsFinite(value))
        {
            return 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(value)));
        var digit = value / power;
        return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 2.5 ? 2.5 : digit <= 5 ? 5 : 10) * power;
    }

    /// <summary>The colour class of an encounter class: the same on all pages.</summary>
    protected static string ClassColour(string? name)
    {
        var index = Array.IndexOf(SqlParts.Classes, name);
        return index < 0 ? "fill-other" : $"fill-{index + 1}";
    }

    /// <summary>A name for an axis.</summary>
    protected static string Label(string? name) => name switch
    {
        "NO_INSURANCE" => "No insurance",
        null => Format.None,
        _ => Format.Clinical(name),
    };
}
