using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using FhirAspire.Simulation;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

/// <summary>
/// JSON as UTF-8 in one growing array that is used again and again. Structure (braces, names, commas) is given as literals, which
/// is what makes it fast; only values are formatted and escaped here.
/// </summary>
internal sealed class Utf8Buffer : IDisposable
{
    // What a value may need at most that is written without looking at its length: a UUID, an instant, a number.
    private const int Room = 64;

    private static readonly SearchValues<byte> Escaped = SearchValues.Create([.. Enumerable.Range(0, 32).Select(i => (byte)i), (byte)'"', (byte)'\\']);

    private byte[] bytes;
    private int length;

    public Utf8Buffer(int capacity = 1 << 16) => bytes = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length => length;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    public ReadOnlySpan<byte> WrittenSpan => bytes.AsSpan(0, length);

    public void Clear() => length = 0;

    /// <summary>Takes back what was written behind a position.</summary>
    public void CutTo(int position) => length = position;

    /// <summary>Bytes that are JSON already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Utf8Buffer Raw(ReadOnlySpan<byte> text)
    {
        if (bytes.Length - length < text.Length)
        {
            Grow(text.Length);
        }

        text.CopyTo(bytes.AsSpan(length));
        length += text.Length;
        return this;
    }

    /// <summary>Text between quotes, escaped.</summary>
    public Utf8Buffer Text(string text)
    {
        Reserve((text.Length * 3) + 2);
        bytes[length++] = (byte)'"';
        var start = length;
        length += Encoding.UTF8.GetBytes(text, bytes.AsSpan(length));
        if (bytes.AsSpan(start, length - start).ContainsAny(Escaped))
        {
            length = start;
            Escape(text);
        }

        Reserve(1);
        bytes[length++] = (byte)'"';
        return this;
    }

    /// <summary>Text without quotes and without escapes; for text that is known to need none, or that is no JSON.</summary>
    public Utf8Buffer Plain(string text)
    {
        Reserve(text.Length * 3);
        length += Encoding.UTF8.GetBytes(text, bytes.AsSpan(length));
        return this;
    }

    public Utf8Buffer Id(Guid id)
    {
        Reserve(Room);
        Utf8Formatter.TryFormat(id, bytes.AsSpan(length), out var written);
        length += written;
        return this;
    }

    public Utf8Buffer Whole(long value)
    {
        Reserve(Room);
        Utf8Formatter.TryFormat(value, bytes.AsSpan(length), out var written);
        length += written;
        return this;
    }

    /// <summary>Dollars with two decimals.</summary>
    public Utf8Buffer Amount(Money money)
    {
        var cents = money.Cents;
        Reserve(Room);
        if (cents < 0)
        {
            bytes[length++] = (byte)'-';
            cents = -cents;
        }

        Whole(cents / 100);
        bytes[length++] = (byte)'.';
        Two((int)(cents % 100));
        return this;
    }

    /// <summary>A number rounded to five significant digits, as Synthea's FHIR has it, never with an exponent.</summary>
    public Utf8Buffer Measure(double value)
    {
        Reserve(Room);
        if (!double.IsFinite(value) || Math.Abs(value) >= 1e15)
        {
            throw new FhirWriteException("FHW001", "Observation.valueQuantity", $"found the number {value.ToString(CultureInfo.InvariantCulture)}; expected a finite one below 10^15");
        }

        if (value == 0)
        {
            bytes[length++] = (byte)'0';
            return this;
        }

        var digits = 4 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        if (digits <= 0)
        {
            var scale = Math.Pow(10, -digits);
            return Whole((long)(Math.Round(value / scale, MidpointRounding.AwayFromZero) * scale));
        }

        // Below 10^-15 nothing is left of a measurement.
        var rounded = decimal.Round((decimal)value, Math.Min(digits, 20), MidpointRounding.AwayFromZero);
        rounded.TryFormat(bytes.AsSpan(length), out var written, "0.####################", CultureInfo.InvariantCulture);
        length += written;
        return this;
    }

    /// <summary>A number as short as it can be read back, never with an exponent.</summary>
    public Utf8Buffer Real(double value)
    {
        Reserve(Room);
        value.TryFormat(bytes.AsSpan(length), out var written, "R", CultureInfo.InvariantCulture);
        if (bytes.AsSpan(length, written).Contains((byte)'E'))
        {
            ((decimal)value).TryFormat(bytes.AsSpan(length), out written, "0.############################", CultureInfo.InvariantCulture);
        }

        length += written;
        return this;
    }

    /// <summary>An instant between quotes, whole seconds, UTC: <c>"2016-11-06T20:19:00+00:00"</c>.</summary>
    public Utf8Buffer Instant(long time)
    {
        Reserve(Room);
        bytes[length++] = (byte)'"';
        DateAndTime(time, out _);
        "+00:00\""u8.CopyTo(bytes.AsSpan(length));
        length += 7;
        return this;
    }

    /// <summary>An instant between quotes with milliseconds, UTC.</summary>
    public Utf8Buffer Milliseconds(long time)
    {
        Reserve(Room);
        bytes[length++] = (byte)'"';
        DateAndTime(time, out var milliseconds);
        bytes[length++] = (byte)'.';
        bytes[length++] = (byte)('0' + (milliseconds / 100));
        Two(milliseconds % 100);
        "+00:00\""u8.CopyTo(bytes.AsSpan(length));
        length += 7;
        return this;
    }

    /// <summary>A UTC date between quotes.</summary>
    public Utf8Buffer Date(long time)
    {
        Reserve(Room);
        bytes[length++] = (byte)'"';
        DateOnly(time);
        bytes[length++] = (byte)'"';
        return this;
    }

    /// <summary>A UTC date without quotes.</summary>
    public Utf8Buffer PlainDate(long time)
    {
        Reserve(Room);
        DateOnly(time);
        return this;
    }

    /// <summary>Bytes as Base64, without quotes.</summary>
    public Utf8Buffer Base64(ReadOnlySpan<byte> data)
    {
        Reserve(System.Buffers.Text.Base64.GetMaxEncodedToUtf8Length(data.Length));
        System.Buffers.Text.Base64.EncodeToUtf8(data, bytes.AsSpan(length), out _, out var written);
        length += written;
        return this;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        length = 0;
    }

    private void Escape(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            Reserve(Room);
            switch (rune.Value)
            {
                case '"':
                    Raw("\\\""u8);
                    break;
                case '\\':
                    Raw("\\\\"u8);
                    break;
                case '\n':
                    Raw("\\n"u8);
                    break;
                case '\r':
                    Raw("\\r"u8);
                    break;
                case '\t':
                    Raw("\\t"u8);
                    break;
                case < 32:
                    // FHIR strings hold no other control character (FHIR R4, datatypes: string).
                    bytes[length++] = (byte)' ';
                    break;
                default:
                    length += rune.EncodeToUtf8(bytes.AsSpan(length));
                    break;
            }
        }
    }

    private void DateAndTime(long time, out int milliseconds)
    {
        var ofDay = (int)DateOnly(time);
        milliseconds = ofDay % 1000;
        var seconds = ofDay / 1000;
        bytes[length++] = (byte)'T';
        Two(seconds / 3600);
        bytes[length++] = (byte)':';
        Two(seconds / 60 % 60);
        bytes[length++] = (byte)':';
        Two(seconds % 60);
    }

    private long DateOnly(long time)
    {
        var day = SimTime.DayNumber(time);
        SimTime.Civil(day, out var year, out var month, out var dayOfMonth);
        Two(year / 100);
        Two(year % 100);
        bytes[length++] = (byte)'-';
        Two(month);
        bytes[length++] = (byte)'-';
        Two(dayOfMonth);
        return time - (day * SimTime.Day);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Two(int value)
    {
        bytes[length++] = (byte)('0' + (value / 10));
        bytes[length++] = (byte)('0' + (value % 10));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (bytes.Length - length < count)
        {
            Grow(count);
        }
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, length + count));
        bytes.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
