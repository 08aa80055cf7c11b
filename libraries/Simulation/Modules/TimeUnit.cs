namespace FhirAspire.Simulation.Modules;

/// <summary>Units of time in module files, and their two conversions.</summary>
internal enum TimeUnit
{
    Years,
    Months,
    Weeks,
    Days,
    Hours,
    Minutes,
    Seconds,
}

internal static class TimeUnits
{
    public static readonly string[] Names = ["years", "months", "weeks", "days", "hours", "minutes", "seconds"];

    public static bool TryParse(string text, out TimeUnit unit)
    {
        var index = Array.FindIndex(Names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)
            || name.AsSpan(0, name.Length - 1).Equals(text, StringComparison.OrdinalIgnoreCase));
        unit = (TimeUnit)Math.Max(index, 0);
        return index >= 0;
    }

    /// <summary>Keeps the fraction, then cuts to the next smaller unit: 1.5 days are 36 hours, 1 year is 365 days, 4 years are 1,461.</summary>
    public static long ToMilliseconds(TimeUnit unit, double value) => unit switch
    {
        TimeUnit.Years => (long)(value * 365.25) * SimTime.Day,
        TimeUnit.Months => (long)(value * 30) * SimTime.Day,
        TimeUnit.Weeks => (long)(value * 7) * SimTime.Day,
        TimeUnit.Days => (long)(value * 24) * SimTime.Hour,
        TimeUnit.Hours => (long)(value * 60) * SimTime.Minute,
        TimeUnit.Minutes => (long)(value * 60) * SimTime.Second,
        _ => (long)(value * SimTime.Second),
    };

    /// <summary>Whole units: 1 year is 365 days, 4 years are 1,460, 1 month is 30 days.</summary>
    public static long WholeToMilliseconds(TimeUnit unit, long value) => value * unit switch
    {
        TimeUnit.Years => 365 * SimTime.Day,
        TimeUnit.Months => 30 * SimTime.Day,
        TimeUnit.Weeks => 7 * SimTime.Day,
        TimeUnit.Days => SimTime.Day,
        TimeUnit.Hours => SimTime.Hour,
        TimeUnit.Minutes => SimTime.Minute,
        _ => SimTime.Second,
    };
}
