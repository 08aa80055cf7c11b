using System.Globalization;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary>The stretch of time of <c>--sample</c>: rows of relations with an event time are read within it alone (https://docs.getdbt.com/docs/build/sample-flag).</summary>
/// <param name="Start">The first moment, in UTC.</param>
/// <param name="End">The moment after the last, in UTC.</param>
internal sealed record SampleWindow(DateTime Start, DateTime End)
{
    private static readonly string[] Grains = ["hour", "day", "month", "year", "hours", "days", "months", "years"];

    /// <summary>Reads <c>3 days</c> or <c>{start: 2024-01-01, end: 2024-01-02}</c>.</summary>
    /// <exception cref="DbtException">It is neither.</exception>
    public static SampleWindow Read(object given, DateTime now)
    {
        if (given is string text && !text.TrimStart().StartsWith('{'))
        {
            return Relative(text, now);
        }

        var map = given as DbtMap ?? YamlReader.Read((string)given, "--sample") as DbtMap;
        return map is not null && Time(map.Get("start")) is { } start && Time(map.Get("end")) is { } end
            ? new SampleWindow(start, end)
            : throw Invalid($"'{Val.Str(given)}' has no start and end that are times", Val.Str(given));
    }

    /// <summary>A time as dbt writes it into SQL.</summary>
    public static string Text(DateTime time) => Val.Str(new DateTimeOffset(time.Ticks, TimeSpan.Zero));

    /// <summary>As <c>run_results.json</c> has it.</summary>
    public DbtMap ToMap() => new() { ["start"] = Text(Start).Replace(' ', 'T'), ["end"] = Text(End).Replace(' ', 'T') };

    private static SampleWindow Relative(string text, DateTime now)
    {
        if (text.Split(' ') is not [var number, var grain])
        {
            throw Invalid($"Cannot load SAMPLE_WINDOW from '{text}'. Must be of form 'DAYS_INT GRAIN_SIZE'.", text);
        }

        if (!int.TryParse(number, CultureInfo.InvariantCulture, out var count))
        {
            throw Invalid($"Unable to convert '{number}' to an integer.", text);
        }

        var start = grain.ToLowerInvariant().TrimEnd('s') switch
        {
            "hour" => now.AddHours(-count),
            "day" => now.AddDays(-count),
            "month" => now.AddMonths(-count),
            "year" => now.AddYears(-count),
            _ => throw Invalid($"Invalid grain size '{grain}'. Must be one of [{string.Join(", ", Grains.Select(name => $"'{name}'"))}].", text),
        };
        return new SampleWindow(start, now);
    }

    private static DateTime? Time(object? value) => value switch
    {
        DateTime time => time,
        DateTimeOffset time => time.DateTime,
        DateOnly date => date.ToDateTime(TimeOnly.MinValue),
        string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time.DateTime,
        _ => null,
    };

    private static DbtException Invalid(string message, string found) =>
        new("DBT0006", DbtErrorKind.Usage, $"Error: Invalid value for '--sample': {message}") { Found = found, Expected = "'3 days', or '{start: 2024-01-01, end: 2024-01-02}'" };
}
