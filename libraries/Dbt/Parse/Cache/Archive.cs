using System.Numerics;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse.Cache;

/// <summary>
/// Writes values, or reads them back: every method takes what is to be written and returns what now counts, so that one description
/// of a type serves both ways. Texts are stored once.
/// </summary>
internal sealed class Archive
{
    private readonly BinaryWriter? writer;
    private readonly BinaryReader? reader;
    private readonly Dictionary<string, int> known = new(StringComparer.Ordinal);
    private readonly List<string> texts = [];

    public Archive(BinaryWriter writer) => this.writer = writer;

    public Archive(BinaryReader reader) => this.reader = reader;

    public bool IsReading => reader is not null;

    private enum Tag : byte
    {
        Null,
        False,
        True,
        Int,
        Long,
        Big,
        Double,
        Text,
        Date,
        Time,
        Moment,
        Map,
        List,
        NullKey,
    }

    public int Number(int value)
    {
        if (reader is not null)
        {
            return reader.Read7BitEncodedInt();
        }

        writer!.Write7BitEncodedInt(value);
        return value;
    }

    public long Long(long value)
    {
        if (reader is not null)
        {
            return reader.ReadInt64();
        }

        writer!.Write(value);
        return value;
    }

    public double Double(double value)
    {
        if (reader is not null)
        {
            return reader.ReadDouble();
        }

        writer!.Write(value);
        return value;
    }

    public bool Flag(bool value)
    {
        if (reader is not null)
        {
            return reader.ReadBoolean();
        }

        writer!.Write(value);
        return value;
    }

    /// <summary>A text that is there.</summary>
    public string Text(string value) => TextOrNull(value) ?? throw new InvalidDataException("a text is missing");

    public string? TextOrNull(string? value)
    {
        // 0 is null, 1 a new text, and from 2 on the texts that came before.
        if (reader is not null)
        {
            var index = reader.Read7BitEncodedInt();
            if (index == 0)
            {
                return null;
            }

            if (index == 1)
            {
                var text = reader.ReadString();
                texts.Add(text);
                return text;
            }

            return texts[index - 2];
        }

        if (value is null)
        {
            writer!.Write7BitEncodedInt(0);
        }
        else if (known.TryGetValue(value, out var index))
        {
            writer!.Write7BitEncodedInt(index + 2);
        }
        else
        {
            known[value] = known.Count;
            writer!.Write7BitEncodedInt(1);
            writer.Write(value);
        }

        return value;
    }

    public List<T> List<T>(List<T>? items, Func<T, T> item)
    {
        var count = Number(items?.Count ?? 0);
        if (reader is null)
        {
            foreach (var one in items ?? [])
            {
                item(one);
            }

            return items ?? [];
        }

        var result = new List<T>(Math.Min(count, 10_000));
        for (var i = 0; i < count; i++)
        {
            result.Add(item(default!));
        }

        return result;
    }

    public List<string> Texts(List<string>? items) => List(items, Text);

    public List<DbtMap> Maps(List<DbtMap>? items) => List(items, map => (DbtMap)Value(map)!);

    public DbtMap Map(DbtMap? map) => (DbtMap)Value(map)!;

    public DbtMap? MapOrNull(DbtMap? map) => (DbtMap?)Value(map);

    /// <summary>A plain value of a file or configuration.</summary>
    public object? Value(object? value) => reader is null ? Write(value) : Read(reader);

    private object? Write(object? value)
    {
        switch (value)
        {
            case null:
                writer!.Write((byte)Tag.Null);
                break;
            case bool flag:
                writer!.Write((byte)(flag ? Tag.True : Tag.False));
                break;
            case int number:
                writer!.Write((byte)Tag.Int);
                writer.Write(number);
                break;
            case long number:
                writer!.Write((byte)Tag.Long);
                writer.Write(number);
                break;
            case BigInteger number:
                writer!.Write((byte)Tag.Big);
                writer.Write(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
                break;
            case double number:
                writer!.Write((byte)Tag.Double);
                writer.Write(number);
                break;
            case string text:
                writer!.Write((byte)Tag.Text);
                TextOrNull(text);
                break;
            case DateOnly date:
                writer!.Write((byte)Tag.Date);
                writer.Write(date.DayNumber);
                break;
            case DateTime time:
                writer!.Write((byte)Tag.Time);
                writer.Write(time.ToBinary());
                break;
            case DateTimeOffset moment:
                writer!.Write((byte)Tag.Moment);
                writer.Write(moment.Ticks);
                writer.Write(moment.Offset.Ticks);
                break;
            case DbtMap map:
                writer!.Write((byte)Tag.Map);
                writer.Write7BitEncodedInt(map.Line);
                writer.Write7BitEncodedInt(map.Count);
                foreach (var (key, item) in map)
                {
                    Write(key);
                    Write(item);
                }

                break;
            case List<object?> list:
                writer!.Write((byte)Tag.List);
                writer.Write7BitEncodedInt(list.Count);
                foreach (var item in list)
                {
                    Write(item);
                }

                break;
            case YamlReader.NullKey:
                writer!.Write((byte)Tag.NullKey);
                break;
            default:
                throw new NotSupportedException($"a value of type {value.GetType().Name} cannot be stored");
        }

        return value;
    }

    private object? Read(BinaryReader source)
    {
        switch ((Tag)source.ReadByte())
        {
            case Tag.Null:
                return null;
            case Tag.False:
                return false;
            case Tag.True:
                return true;
            case Tag.Int:
                return source.ReadInt32();
            case Tag.Long:
                return source.ReadInt64();
            case Tag.Big:
                return BigInteger.Parse(source.ReadString(), System.Globalization.CultureInfo.InvariantCulture);
            case Tag.Double:
                return source.ReadDouble();
            case Tag.Text:
                return Text(string.Empty);
            case Tag.Date:
                return DateOnly.FromDayNumber(source.ReadInt32());
            case Tag.Time:
                return DateTime.FromBinary(source.ReadInt64());
            case Tag.Moment:
                var ticks = source.ReadInt64();
                return new DateTimeOffset(ticks, TimeSpan.FromTicks(source.ReadInt64()));
            case Tag.Map:
                var map = new DbtMap { Line = source.Read7BitEncodedInt() };
                var count = source.Read7BitEncodedInt();
                for (var i = 0; i < count; i++)
                {
                    var key = Read(source)!;
                    map[key] = Read(source);
                }

                return map;
            case Tag.List:
                var length = source.Read7BitEncodedInt();
                var list = new List<object?>(Math.Min(length, 10_000));
                for (var i = 0; i < length; i++)
                {
                    list.Add(Read(source));
                }

                return list;
            case Tag.NullKey:
                return YamlReader.NullKey.Instance;
            default:
                throw new InvalidDataException("a value of an unknown kind");
        }
    }
}
