using System.Buffers.Text;
using System.Globalization;
using System.Text;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Csv;

/// <summary>Rows of one table as UTF-8. A field never holds a comma, quote or line break: they become spaces, as Synthea writes them.</summary>
internal sealed class CsvBuffer
{
    private byte[] bytes = new byte[1 << 12];
    private int length;
    private bool atLineStart = true;

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, length);

    public int Rows { get; private set; }

    public void Clear()
    {
        length = 0;
        Rows = 0;
        atLineStart = true;
    }

    public CsvBuffer Empty()
    {
        Separate();
        return this;
    }

    public CsvBuffer Text(string? text)
    {
        Separate();
        if (string.IsNullOrEmpty(text))
        {
            return this;
        }

        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        var start = length;
        length += Encoding.UTF8.GetBytes(text, bytes.AsSpan(length));
        for (var i = start; i < length; i++)
        {
            if (bytes[i] is (byte)',' or (byte)'\n' or (byte)'\r' or (byte)'"')
            {
                bytes[i] = (byte)' ';
            }
        }

        return this;
    }

    public CsvBuffer Id(Guid id)
    {
        Separate();
        Reserve(36);
        Utf8Formatter.TryFormat(id, bytes.AsSpan(length), out var written);
        length += written;
        return this;
    }

    public CsvBuffer Whole(long value)
    {
        Separate();
        Reserve(20);
        Utf8Formatter.TryFormat(value, bytes.AsSpan(length), out var written);
        length += written;
        return this;
    }

    public CsvBuffer Amount(Money money)
    {
        Separate();
        Reserve(24);
        Utf8Formatter.TryFormat(money.Dollars, bytes.AsSpan(length), out var written, new System.Buffers.StandardFormat('F', 2));
        length += written;
        return this;
    }

    public CsvBuffer Number(double value, string format)
    {
        Separate();
        Reserve(40);
        value.TryFormat(bytes.AsSpan(length), out var written, format, CultureInfo.InvariantCulture);
        length += written;
        return this;
    }

    /// <summary>An instant; empty when there is none.</summary>
    public CsvBuffer Instant(long time)
    {
        Separate();
        if (time == SimTime.None)
        {
            return this;
        }

        Reserve(20);
        WriteDate(time, out var millisecondsOfDay);
        var seconds = (int)(millisecondsOfDay / SimTime.Second);
        bytes[length++] = (byte)'T';
        Two(seconds / 3600);
        bytes[length++] = (byte)':';
        Two(seconds / 60 % 60);
        bytes[length++] = (byte)':';
        Two(seconds % 60);
        bytes[length++] = (byte)'Z';
        return this;
    }

    /// <summary>A date; empty when there is none.</summary>
    public CsvBuffer Date(long time)
    {
        Separate();
        if (time == SimTime.None)
        {
            return this;
        }

        Reserve(20);
        WriteDate(time, out _);
        return this;
    }

    public void End()
    {
        Reserve(1);
        bytes[length++] = (byte)'\n';
        atLineStart = true;
        Rows++;
    }

    private void WriteDate(long time, out long millisecondsOfDay)
    {
        var day = SimTime.DayNumber(time);
        millisecondsOfDay = time - (day * SimTime.Day);
        SimTime.Civil(day, out var year, out var month, out var dayOfMonth);
        Two(year / 100);
        Two(year % 100);
        bytes[length++] = (byte)'-';
        Two(month);
        bytes[length++] = (byte)'-';
        Two(dayOfMonth);
    }

    private void Two(int value)
    {
        bytes[length++] = (byte)('0' + (value / 10));
        bytes[length++] = (byte)('0' + (value % 10));
    }

    private void Separate()
    {
        if (atLineStart)
        {
            atLineStart = false;
            return;
        }

        Reserve(1);
        bytes[length++] = (byte)',';
    }

    private void Reserve(int count)
    {
        if (length + count > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(bytes.Length * 2, length + count));
        }
    }
}
