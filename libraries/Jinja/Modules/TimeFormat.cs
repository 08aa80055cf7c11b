using System.Globalization;
using System.Text;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Modules;

/// <summary>A moment taken apart for printing.</summary>
internal readonly record struct TimeParts(DateTime Time, int Microsecond, JinjaTimeZone? Offset);

/// <summary>Python's <c>strftime</c> and <c>strptime</c> in the C locale.</summary>
internal static class TimeFormat
{
    private static readonly string[] Days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
    private static readonly string[] Months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    public static string Format(TimeParts parts, string format)
    {
        var text = new StringBuilder();
        var time = parts.Time;
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 >= format.Length)
            {
                text.Append(format[i]);
                continue;
            }

            var c = format[++i];
            var padded = true;
            if (c == '-' && i + 1 < format.Length)
            {
                padded = false;
                c = format[++i];
            }

            string Two(int value) => padded ? value.ToString("00", CultureInfo.InvariantCulture) : value.ToString(CultureInfo.InvariantCulture);
            text.Append(c switch
            {
                'a' => Days[(int)time.DayOfWeek][..3],
                'A' => Days[(int)time.DayOfWeek],
                'b' or 'h' => Months[time.Month - 1][..3],
                'B' => Months[time.Month - 1],
                'c' => Format(parts, "%a %b %e %H:%M:%S %Y"),
                'C' => Two(time.Year / 100),
                'd' => Two(time.Day),
                'D' => Format(parts, "%m/%d/%y"),
                'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'f' => parts.Microsecond.ToString("000000", CultureInfo.InvariantCulture),
                'F' => Format(parts, "%Y-%m-%d"),
                'g' => Two(ISOWeek.GetYear(time) % 100),
                'G' => ISOWeek.GetYear(time).ToString(CultureInfo.InvariantCulture),
                'H' => Two(time.Hour),
                'I' => Two(time.Hour % 12 == 0 ? 12 : time.Hour % 12),
                'j' => padded ? time.DayOfYear.ToString("000", CultureInfo.InvariantCulture) : time.DayOfYear.ToString(CultureInfo.InvariantCulture),
                'k' => time.Hour.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'l' => (time.Hour % 12 == 0 ? 12 : time.Hour % 12).ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'm' => Two(time.Month),
                'M' => Two(time.Minute),
                'n' => "\n",
                'p' => time.Hour < 12 ? "AM" : "PM",
                'P' => time.Hour < 12 ? "am" : "pm",
                'r' => Format(parts, "%I:%M:%S %p"),
                'R' => Format(parts, "%H:%M"),
                's' => ((time - (parts.Offset?.Offset ?? TimeSpan.Zero) - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond).ToString(CultureInfo.InvariantCulture),
                'S' => Two(time.Second),
                't' => "\t",
                'T' or 'X' => Format(parts, "%H:%M:%S"),
                'u' => ((((int)time.DayOfWeek + 6) % 7) + 1).ToString(CultureInfo.InvariantCulture),
                'U' => Two((time.DayOfYear + 6 - (int)time.DayOfWeek) / 7),
                'V' => Two(ISOWeek.GetWeekOfYear(time)),
                'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
                'W' => Two((time.DayOfYear + 6 - (((int)time.DayOfWeek + 6) % 7)) / 7),
                'x' => Format(parts, "%m/%d/%y"),
                'y' => Two(time.Year % 100),
                'Y' => time.Year.ToString(CultureInfo.InvariantCulture),
                'z' => parts.Offset?.Suffix.Replace(":", string.Empty, StringComparison.Ordinal) ?? string.Empty,
                'Z' => parts.Offset?.Name ?? string.Empty,
                '%' => "%",
                _ => $"%{c}",
            });
        }

        return text.ToString();
    }

    public static JinjaDateTime Parse(string text, string format)
    {
        var (year, month, day, hour, minute, second, micro) = (1900L, 1L, 1L, 0L, 0L, 0L, 0L);
        int? half = null;
        int? dayOfYear = null;
        JinjaTimeZone? zone = null;
        var at = 0;
        for (var i = 0; i < format.Length; i++)
        {
            if (Text.IsSpace(format[i]))
            {
                var start = at;
                while (at < text.Length && Text.IsSpace(text[at]))
                {
                    at++;
                }

                if (at == start)
                {
                    throw Mismatch();
                }

                continue;
            }

            if (format[i] != '%' || i + 1 >= format.Length)
            {
                if (at >= text.Length || char.ToLowerInvariant(text[at]) != char.ToLowerInvariant(format[i]))
                {
                    throw Mismatch();
                }

                at++;
                continue;
            }

            switch (format[++i])
            {
                case 'Y':
                    year = Digits(4, 4);
                    break;
                case 'y':
                    year = Digits(2, 2);
                    year += year < 69 ? 2000 : 1900;
                    break;
                case 'm':
                    month = Digits(1, 2);
                    break;
                case 'd':
                    day = Digits(1, 2);
                    break;
                case 'H':
                    hour = Digits(1, 2);
                    break;
                case 'I':
                    hour = Digits(1, 2) % 12;
                    half ??= 0;
                    break;
                case 'M':
                    minute = Digits(1, 2);
                    break;
                case 'S':
                    second = Digits(1, 2);
                    break;
                case 'j':
                    dayOfYear = (int)Digits(1, 3);
                    break;
                case 'f':
                    {
                        var start = at;
                        micro = Digits(1, 6);
                        micro *= (long)Math.Pow(10, 6 - (at - start));
                        break;
                    }

                case 'b' or 'h':
                    month = Word([.. Months.Select(name => name[..3])]) + 1;
                    break;
                case 'B':
                    month = Word(Months) + 1;
                    break;
                case 'a':
                    Word([.. Days.Select(name => name[..3])]);
                    break;
                case 'A':
                    Word(Days);
                    break;
                case 'p':
                    half = Word(["AM", "PM"]) * 12;
                    break;
                case 'z':
                    zone = Zone();
                    break;
                case 'Z':
                    Word(["UTC", "GMT"]);
                    break;
                case 'T':
                    (hour, minute, second) = (Digits(2, 2), Colon(), Colon());
                    break;
                case '%':
                    if (at >= text.Length || text[at++] != '%')
                    {
                        throw Mismatch();
                    }

                    break;
                case var unknown:
                    throw Fault.Value($"'{unknown}' is a bad directive in format {Repr.Of(format)}");
            }
        }

        if (at < text.Length)
        {
            throw Fault.Value($"unconverted data remains: {text[at..]}");
        }

        if (half is { } offset)
        {
            hour += offset;
        }

        if (dayOfYear is { } number)
        {
            var date = new DateTime((int)year, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddDays(number - 1);
            (month, day) = (date.Month, date.Day);
        }

        if (month is < 1 or > 12 || day is < 1 or > 31 || hour > 23 || minute > 59 || second > 61)
        {
            throw Mismatch();
        }

        return new JinjaDateTime(year, month, day, hour, minute, Math.Min(second, 59), micro, zone);

        JinjaException Mismatch() => Fault.Value($"time data {Repr.Of(text)} does not match format {Repr.Of(format)}");

        long Colon()
        {
            if (at >= text.Length || text[at++] != ':')
            {
                throw Mismatch();
            }

            return Digits(2, 2);
        }

        long Digits(int least, int most)
        {
            var start = at;
            long value = 0;
            while (at < text.Length && at - start < most && char.IsAsciiDigit(text[at]))
            {
                value = (value * 10) + (text[at++] - '0');
            }

            return at - start >= least ? value : throw Mismatch();
        }

        int Word(string[] words)
        {
            for (var w = 0; w < words.Length; w++)
            {
                if (string.Compare(text, at, words[w], 0, words[w].Length, StringComparison.OrdinalIgnoreCase) == 0)
                {
                    at += words[w].Length;
                    return w;
                }
            }

            throw Mismatch();
        }

        JinjaTimeZone Zone()
        {
            if (at < text.Length && text[at] is 'Z')
            {
                at++;
                return JinjaTimeZone.Utc;
            }

            if (at >= text.Length || text[at] is not ('+' or '-'))
            {
                throw Mismatch();
            }

            var negative = text[at++] == '-';
            var hours = Digits(2, 2);
            if (at < text.Length && text[at] == ':')
            {
                at++;
            }

            var span = new TimeSpan((int)hours, (int)Digits(2, 2), 0);
            return new JinjaTimeZone(negative ? -span : span);
        }
    }
}
