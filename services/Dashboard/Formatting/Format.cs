using System.Globalization;
using System.Text.RegularExpressions;

namespace FhirAspire.Dashboard.Formatting;

/// <summary>How numbers, times and names are written, in one place. Invariant English; a missing value is an en dash, minus is U+2212.</summary>
public static partial class Format
{
    /// <summary>What stands for a missing value.</summary>
    public const string None = "–";

    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>A count in full: <c>12,408</c>.</summary>
    public static string Count(long? value) => value is { } count ? Minus(count.ToString("N0", Culture)) : None;

    /// <summary>A count for a big number: <c>12,408</c>, above a million <c>18.2 M</c>.</summary>
    public static string Big(double? value) => value switch
    {
        null => None,
        { } v when double.IsNaN(v) || double.IsInfinity(v) => None,
        { } v when Math.Abs(v) >= 1e9 => Minus((v / 1e9).ToString("N1", Culture)) + " G",
        { } v when Math.Abs(v) >= 1e6 => Minus((v / 1e6).ToString("N1", Culture)) + " M",
        { } v => Minus(v.ToString("N0", Culture)),
    };

    /// <summary>A number with a fixed number of decimals.</summary>
    public static string Number(double? value, int decimals = 1) => value is { } v && double.IsFinite(v) ? Minus(v.ToString("N" + decimals, Culture)) : None;

    /// <summary>A share as <c>3.1 %</c>; what is above 0 and below 0.1 % is <c>&lt;0.1 %</c>.</summary>
    public static string Share(double? share) => share switch
    {
        null => None,
        { } s when double.IsNaN(s) => None,
        > 0 and < 0.001 => "<0.1 %",
        > 0.999 and < 1 => ">99.9 %",
        0 or 1 => ((double)share * 100).ToString("N0", Culture) + " %",
        { } s => Minus((s * 100).ToString("N1", Culture)) + " %",
    };

    /// <summary>Dollars: <c>1,204.50 USD</c> below a thousand with cents, whole above, <c>5.1 M USD</c> above a million.</summary>
    public static string Usd(double? value) => value switch
    {
        null => None,
        { } v when !double.IsFinite(v) => None,
        { } v when Math.Abs(v) >= 1e6 => Minus((v / 1e6).ToString("N1", Culture)) + " M USD",
        { } v when Math.Abs(v) >= 1e3 => Minus(v.ToString("N0", Culture)) + " USD",
        { } v => Minus(v.ToString("N2", Culture)) + " USD",
    };

    /// <summary>Bytes in decimal units: <c>53.9 GB</c>.</summary>
    public static string Bytes(double? bytes) => bytes switch
    {
        null => None,
        { } b when !double.IsFinite(b) => None,
        { } b when Math.Abs(b) >= 1e12 => Minus((b / 1e12).ToString("N1", Culture)) + " TB",
        { } b when Math.Abs(b) >= 1e9 => Minus((b / 1e9).ToString("N1", Culture)) + " GB",
        { } b when Math.Abs(b) >= 1e6 => Minus((b / 1e6).ToString("N1", Culture)) + " MB",
        { } b when Math.Abs(b) >= 1e3 => Minus((b / 1e3).ToString("N1", Culture)) + " kB",
        { } b => Minus(b.ToString("N0", Culture)) + " B",
    };

    /// <summary>Memory in binary units: <c>212 MiB</c>.</summary>
    public static string Memory(double? bytes) => bytes is { } b && double.IsFinite(b) ? (b / (1 << 20)).ToString("N0", Culture) + " MiB" : None;

    /// <summary>A duration: <c>42 ms</c>, <c>12.4 s</c>, <c>3 min 05 s</c>, <c>2 h 14 min</c>, <c>3.5 days</c>.</summary>
    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => None,
        { TotalSeconds: < 0 } => "0 s",
        { TotalSeconds: < 0.1 } d => d.TotalMilliseconds.ToString("N0", Culture) + " ms",
        { TotalSeconds: < 59.95 } d => d.TotalSeconds.ToString("N1", Culture) + " s",
        { TotalMinutes: < 60 } d => $"{(int)d.TotalMinutes} min {d.Seconds:00} s",
        { TotalHours: < 48 } d => $"{(int)d.TotalHours} h {d.Minutes:00} min",
        { } d => d.TotalDays.ToString("N1", Culture) + " days",
    };

    /// <summary>How long ago, coarsely: <c>4 s</c>, <c>4 min</c>, <c>2 h 14 min</c>.</summary>
    public static string Age(TimeSpan? age) => age switch
    {
        null => None,
        { TotalSeconds: < 0 } => "0 s",
        { TotalSeconds: < 60 } a => $"{(int)a.TotalSeconds} s",
        { TotalMinutes: < 60 } a => $"{(int)a.TotalMinutes} min",
        { TotalHours: < 48, Minutes: 0 } a => $"{(int)a.TotalHours} h",
        { TotalHours: < 48 } a => $"{(int)a.TotalHours} h {a.Minutes:00} min",
        { } a => a.TotalDays.ToString("N1", Culture) + " days",
    };

    /// <summary>A time to come as a clock that runs down: <c>2:10</c>.</summary>
    public static string CountDown(TimeSpan? left) => left switch
    {
        null => None,
        { TotalSeconds: <= 0 } => "now",
        { TotalHours: >= 1 } l => $"{(int)l.TotalHours}:{l.Minutes:00}:{l.Seconds:00}",
        { } l => $"{l.Minutes}:{l.Seconds:00}",
    };

    /// <summary>An instant in the server's zone: <c>10:41:07</c>, with the date when it is not today.</summary>
    public static string Time(DateTime? utc, TimeProvider time)
    {
        if (utc is not { } instant)
        {
            return None;
        }

        ArgumentNullException.ThrowIfNull(time);
        var local = TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(instant, DateTimeKind.Utc), time.LocalTimeZone);
        return local.ToString(local.Date == time.GetLocalNow().Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm", Culture);
    }

    /// <summary>An instant in full, for the focus: <c>2026-03-02 10:41:07 UTC</c>.</summary>
    public static string Utc(DateTime? utc) => utc is { } instant ? instant.ToString("yyyy-MM-dd HH:mm:ss", Culture) + " UTC" : None;

    /// <summary>A clinical date as the data has it.</summary>
    public static string Date(DateOnly? date) => date?.ToString("yyyy-MM-dd", Culture) ?? None;

    /// <summary>An id's first 8 characters.</summary>
    public static string Id(string? id) => id is null ? None : id.Length <= 8 ? id : id[..8];

    /// <summary>A text in which each UUID is cut to its first 8 characters.</summary>
    public static string ShortIds(string? text) => text is null ? "" : Uuids().Replace(text, "${start}…");

    /// <summary>A long name with its middle left out.</summary>
    public static string Middle(string? text, int length) =>
        text is null ? None : text.Length <= length ? text : string.Concat(text.AsSpan(0, (length - 1) / 2), "…", text.AsSpan(text.Length - (length / 2)));

    /// <summary>A word with its count: <c>1 file</c>, <c>12 files</c>.</summary>
    public static string Plural(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary>A FHIR display without its kind in brackets: <c>Essential hypertension</c>.</summary>
    public static string Clinical(string? display)
    {
        if (display is null)
        {
            return None;
        }

        foreach (var kind in new[] { " (disorder)", " (finding)", " (situation)", " (procedure)", " (regime/therapy)", " (morphologic abnormality)", " (environment)" })
        {
            if (display.EndsWith(kind, StringComparison.Ordinal))
            {
                return display[..^kind.Length];
            }
        }

        return display;
    }

    /// <summary>A value of a result, by its type.</summary>
    public static string Value(object? value) => value switch
    {
        null => None,
        string text => text,
        bool flag => flag ? "yes" : "no",
        DateOnly date => Date(date),
        DateTime { TimeOfDay.Ticks: 0 } date => date.ToString("yyyy-MM-dd", Culture),
        DateTime instant => instant.ToString("yyyy-MM-dd HH:mm:ss", Culture),
        double number => Minus(number.ToString(Math.Abs(number) >= 1000 ? "#,0.##" : "0.####", Culture)),
        float number => Minus(number.ToString("0.####", Culture)),
        decimal number => Minus(number.ToString("#,0.####", Culture)),
        IFormattable number when value is int or long or short or byte or System.Numerics.BigInteger or ulong or uint => Minus(number.ToString("#,0", Culture)),
        IFormattable other => other.ToString(null, Culture),
        _ => value.ToString() ?? None,
    };

    private static string Minus(string text) => text.Replace('-', '−');

    [GeneratedRegex("(?<start>[0-9a-f]{8})(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Uuids();
}
