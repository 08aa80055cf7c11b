using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;

namespace FhirAspire.Jinja;

/// <summary>
/// The abbreviations of a zone's offsets, such as <c>EST</c>, from the system's compiled zone files (RFC 8536). Where there are no files
/// an offset is named as the database names zones without abbreviation: <c>-05</c>.
/// </summary>
internal sealed class ZoneNames
{
    private static readonly string[] Folders = ["/usr/share/zoneinfo", "/usr/lib/zoneinfo", "/usr/share/lib/zoneinfo", "/etc/zoneinfo"];
    private static readonly ConcurrentDictionary<string, ZoneNames> Known = new(StringComparer.Ordinal);
    private readonly Dictionary<(int Seconds, bool IsDaylight), string> names = [];

    /// <summary>The first offset of the zone, as a rule local mean time, to the minute.</summary>
    public TimeSpan? FirstOffset { get; private set; }

    public static ZoneNames Read(string zone) => Known.GetOrAdd(zone, Load);

    public string Of(TimeSpan offset, bool isDaylight)
    {
        var seconds = (int)offset.TotalSeconds;
        if (names.TryGetValue((seconds, isDaylight), out var name) || names.TryGetValue((seconds, !isDaylight), out name))
        {
            return name;
        }

        var span = offset.Duration();
        return $"{(offset < TimeSpan.Zero ? '-' : '+')}{(int)span.TotalHours:00}{(span.Minutes == 0 ? string.Empty : span.Minutes.ToString("00", System.Globalization.CultureInfo.InvariantCulture))}";
    }

    private static ZoneNames Load(string zone)
    {
        var result = new ZoneNames();
        if (zone.Contains("..", StringComparison.Ordinal) || zone.StartsWith('/'))
        {
            return result;
        }

        foreach (var folder in Folders)
        {
            var path = Path.Combine(folder, zone);
            if (File.Exists(path))
            {
                result.Parse(File.ReadAllBytes(path));
                break;
            }
        }

        return result;
    }

    // Header: magic, version, 15 unused bytes, six counts; then the transition times, their types, the types, the abbreviations.
    // The first block (32 bit) is passed over for the second, which has all years.
    private void Parse(ReadOnlySpan<byte> data)
    {
        if (data.Length < 44 || !data[..4].SequenceEqual("TZif"u8))
        {
            return;
        }

        var at = 0;
        var timeSize = 4;
        if (data[4] >= (byte)'2')
        {
            var old = Counts(data);
            at = 44 + (old.Times * 5) + (old.Types * 6) + old.Letters + (old.Leaps * 8) + old.Standard + old.Universal;
            timeSize = 8;
        }

        if (data.Length < at + 44)
        {
            return;
        }

        var counts = Counts(data[at..]);
        var indexes = at + 44 + (counts.Times * timeSize);
        var types = indexes + counts.Times;
        var letters = types + (counts.Types * 6);
        if (counts.Types == 0 || data.Length < letters + counts.Letters)
        {
            return;
        }

        FirstOffset = Minutes(Type(data, 0).Seconds);
        // Later uses of an offset name it better than earlier ones.
        for (var i = 0; i < counts.Types; i++)
        {
            Name(data, i);
        }

        for (var i = 0; i < counts.Times; i++)
        {
            Name(data, data[indexes + i]);
        }

        (int Seconds, bool IsDaylight, int Letters) Type(ReadOnlySpan<byte> bytes, int index)
        {
            var entry = bytes.Slice(types + (index * 6), 6);
            return (BinaryPrimitives.ReadInt32BigEndian(entry), entry[4] != 0, entry[5]);
        }

        void Name(ReadOnlySpan<byte> bytes, int index)
        {
            var (seconds, isDaylight, start) = Type(bytes, index);
            var text = bytes[(letters + start)..(letters + counts.Letters)];
            var end = text.IndexOf((byte)0);
            names[((int)Minutes(seconds).TotalSeconds, isDaylight)] = Encoding.ASCII.GetString(end < 0 ? text : text[..end]);
        }
    }

    private static TimeSpan Minutes(int seconds) => TimeSpan.FromMinutes(Math.Floor((seconds + 30) / 60.0));

    private static (int Universal, int Standard, int Leaps, int Times, int Types, int Letters) Counts(ReadOnlySpan<byte> header)
    {
        Span<int> counts = stackalloc int[6];
        for (var i = 0; i < 6; i++)
        {
            counts[i] = BinaryPrimitives.ReadInt32BigEndian(header[(20 + (i * 4))..]);
        }

        return (counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
    }
}
