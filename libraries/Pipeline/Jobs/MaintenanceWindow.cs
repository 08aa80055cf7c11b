using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace FhirAspire.Pipeline.Jobs;

/// <summary>A time in which a job does not start by itself: <c>22:00-02:30</c> every day, or <c>Sat,Sun 01:00-05:00</c>; UTC. Days are those on which it begins.</summary>
public sealed class MaintenanceWindow
{
    private readonly HashSet<DayOfWeek> days;
    private readonly TimeSpan from;
    private readonly TimeSpan length;

    private MaintenanceWindow(HashSet<DayOfWeek> days, TimeSpan from, TimeSpan length) => (this.days, this.from, this.length) = (days, from, length);

    /// <summary>Reads a window.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MaintenanceWindow? window)
    {
        ArgumentNullException.ThrowIfNull(text);
        window = null;
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var begins = new HashSet<DayOfWeek>(parts.Length == 2 ? [] : Enum.GetValues<DayOfWeek>());
        foreach (var name in parts.Length == 2 ? parts[0].Split(',') : [])
        {
            var found = Enum.GetValues<DayOfWeek>().Where(day => day.ToString()[..3].Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
            if (found.Count == 0)
            {
                return false;
            }

            begins.Add(found[0]);
        }

        if (parts.Length is 0 or > 2 || parts[^1].Split('-') is not [var from, var to] || !TryTime(from, out var start) || !TryTime(to, out var end) || start == end)
        {
            return false;
        }

        window = new MaintenanceWindow(begins, start, end > start ? end - start : end - start + TimeSpan.FromDays(1));
        return true;
    }

    /// <summary>Whether the window is open.</summary>
    /// <param name="utc">An instant, UTC.</param>
    public bool Contains(DateTime utc)
    {
        foreach (var day in new[] { utc.Date.AddDays(-1), utc.Date })
        {
            if (days.Contains(day.DayOfWeek) && utc >= day + from && utc < day + from + length)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryTime(string text, out TimeSpan time)
    {
        var ok = TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var read);
        time = ok ? read.ToTimeSpan() : text == "24:00" ? TimeSpan.FromDays(1) : default;
        return ok || text == "24:00";
    }
}
