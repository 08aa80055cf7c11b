using System.Runtime.CompilerServices;

namespace FhirAspire.Simulation;

/// <summary>
/// Time in a simulation: milliseconds since 1970-01-01T00:00:00Z as a <see cref="long"/>, negative before.
/// <see cref="None"/> stands for "no instant" (an entry that is still open).
/// </summary>
public static class SimTime
{
    /// <summary>No instant.</summary>
    public const long None = long.MinValue;

    /// <summary>One second in milliseconds.</summary>
    public const long Second = 1000;

    /// <summary>One minute in milliseconds.</summary>
    public const long Minute = 60 * Second;

    /// <summary>One hour in milliseconds.</summary>
    public const long Hour = 60 * Minute;

    /// <summary>One day in milliseconds.</summary>
    public const long Day = 24 * Hour;

    /// <summary>The length of a simulation step: 7 days.</summary>
    public const long Step = 7 * Day;

    /// <summary>The instant as a UTC date and time.</summary>
    public static DateTimeOffset ToDateTimeOffset(long time) => DateTimeOffset.FromUnixTimeMilliseconds(time);

    /// <summary>The instant of a UTC date at midnight.</summary>
    public static long Of(int year, int month = 1, int day = 1, int hour = 0, int minute = 0, int second = 0, int millisecond = 0)
        => new DateTimeOffset(year, month, day, hour, minute, second, millisecond, TimeSpan.Zero).ToUnixTimeMilliseconds();

    /// <summary>Days since 1970-01-01 of the UTC date that the instant lies in.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int DayNumber(long time) => (int)(time >= 0 ? time / Day : (time - (Day - 1)) / Day);

    /// <summary>Calendar year, UTC.</summary>
    public static int Year(long time)
    {
        Civil(DayNumber(time), out var year, out _, out _);
        return year;
    }

    /// <summary>Year, month and day of a day number (proleptic Gregorian calendar).</summary>
    public static void Civil(int dayNumber, out int year, out int month, out int day)
    {
        // Howard Hinnant's "civil_from_days": eras of 400 years that start on 1 March.
        var z = dayNumber + 719468;
        var era = (z >= 0 ? z : z - 146096) / 146097;
        var dayOfEra = z - (era * 146097);
        var yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36524) - (dayOfEra / 146096)) / 365;
        var dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        var shiftedMonth = ((5 * dayOfYear) + 2) / 153;
        day = dayOfYear - (((153 * shiftedMonth) + 2) / 5) + 1;
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        year = yearOfEra + (era * 400) + (month <= 2 ? 1 : 0);
    }

    /// <summary>Whole calendar months from one instant's UTC date to another's; 0 when the second is not later.</summary>
    public static int MonthsBetween(long from, long to)
    {
        Civil(DayNumber(from), out var y1, out var m1, out var d1);
        Civil(DayNumber(to), out var y2, out var m2, out var d2);
        var months = ((y2 - y1) * 12) + (m2 - m1);
        if (d2 < d1)
        {
            months--;
        }

        return months < 0 ? 0 : months;
    }
}
