using FhirAspire.Dashboard.Marts;

namespace FhirAspire.Dashboard.Analytics;

/// <summary>A chart's definition: one query, from which picture, table, files and API answer come.</summary>
/// <param name="Id">Its id in addresses.</param>
/// <param name="View">The page that it stands on: <c>cohorts</c>, <c>cost</c>, <c>outcomes</c>, <c>population</c>.</param>
/// <param name="Question">What it answers, in words.</param>
/// <param name="Form">How it is drawn.</param>
/// <param name="Sql">Its SQL for a filter, a window and a database.</param>
/// <param name="Finding">What the rows say, as a title; the question where they say little.</param>
/// <param name="Note">Unit, denominator and exclusions.</param>
/// <param name="Wide">Columns of twelve that it takes.</param>
public sealed record Chart(string Id, string View, string Question, ChartForm Form, Func<AnalyticsFilter, Window, AnalyticsDialect, string> Sql, Func<ReaderResult, string?> Finding, string Note, int Wide = 6)
{
    /// <summary>The column with the names, or the x axis.</summary>
    public string X { get; init; } = "label";

    /// <summary>The column with the values.</summary>
    public string Y { get; init; } = "value";

    /// <summary>The column that tells series apart.</summary>
    public string? Series { get; init; }

    /// <summary>What the columns <c>mean_</c>, <c>median_</c> and <c>p95_</c> are of, such as <c>claim</c>: cost is skewed, so they stand beside the sums.</summary>
    public string? Spread { get; init; }

    /// <summary>
    /// The patients behind a mark, as a condition on <c>dim_patients as p</c> beside the filter's own: their number is the mark's. Null for what is no mark of
    /// the chart; a chart of claims, days or rates has none.
    /// </summary>
    public Func<string, Window, AnalyticsDialect, string?>? Behind { get; init; }

    /// <summary>What the vertical axis counts.</summary>
    public string? AxisY { get; init; }

    /// <summary>What the horizontal axis counts, where its marks do not say it.</summary>
    public string? AxisX { get; init; }

    /// <summary>How values are written: <c>count</c>, <c>usd</c>, <c>share</c>, <c>number</c>.</summary>
    public string Unit { get; init; } = "count";
}

/// <summary>How a chart is drawn.</summary>
public enum ChartForm
{
    /// <summary>Sorted bars, names on the left.</summary>
    Bars,

    /// <summary>Stacked columns over time.</summary>
    Columns,

    /// <summary>Bars to both sides of a middle: men and women by age.</summary>
    Pyramid,

    /// <summary>Rates with their 95 % interval.</summary>
    Dots,

    /// <summary>A table whose cells are coloured by value.</summary>
    Heat,

    /// <summary>Parts of a whole, one bar a measure; unknown is hatched.</summary>
    Parts,

    /// <summary>Steps of a survival curve, two at most.</summary>
    Survival,

    /// <summary>Two shares a row.</summary>
    Pairs,
}

/// <summary>The days that a chart looks at, both included.</summary>
public sealed record Window(DateOnly From, DateOnly To)
{
    /// <summary>The days as SQL literals.</summary>
    public string A => SqlBuilder.Date(From);

    /// <summary>The last day as SQL literal.</summary>
    public string B => SqlBuilder.Date(To);
}
