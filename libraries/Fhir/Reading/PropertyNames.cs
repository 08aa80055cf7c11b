using System.Buffers;
using System.Runtime.InteropServices;

namespace FhirAspire.Fhir.Reading;

/// <summary>
/// Finds a name that stands twice in one object. The databases disagree on which of the two counts, and FHIR allows only one
/// (https://hl7.org/fhir/R4/json.html). Names are compared in the document, so nothing is allocated for them.
/// </summary>
internal ref struct PropertyNames(ReadOnlySpan<byte> text)
{
    /// <summary>No FHIR type has nearly as many; the limit keeps the search in an object short whatever comes.</summary>
    public const int MaxPerObject = 256;

    private readonly ReadOnlySpan<byte> text = text;
    private Name[] names = ArrayPool<Name>.Shared.Rent(256);
    private int[] starts = ArrayPool<int>.Shared.Rent(FhirDocumentReader.MaxDepth + 1);
    private int count;
    private int depth;

    public void BeginObject() => starts[depth++] = count;

    public void EndObject() => count = starts[--depth];

    /// <summary>Adds a name by its place in the document.</summary>
    public NameFault Add(int start, int length)
    {
        var name = text.Slice(start, length);
        var hash = Hash(name);
        var first = starts[depth - 1];
        for (var i = first; i < count; i++)
        {
            if (names[i].Hash == hash && text.Slice(names[i].Start, names[i].Length).SequenceEqual(name))
            {
                return NameFault.Twice;
            }
        }

        if (count - first >= MaxPerObject)
        {
            return NameFault.TooMany;
        }

        if (count == names.Length)
        {
            var larger = ArrayPool<Name>.Shared.Rent(count * 2);
            names.AsSpan(0, count).CopyTo(larger);
            ArrayPool<Name>.Shared.Return(names);
            names = larger;
        }

        names[count++] = new Name(hash, start, length);
        return NameFault.None;
    }

    public void Dispose()
    {
        ArrayPool<Name>.Shared.Return(names);
        ArrayPool<int>.Shared.Return(starts);
        names = [];
        starts = [];
    }

    // First and last bytes with the length: names of one object rarely share all three.
    private static ulong Hash(ReadOnlySpan<byte> name) => name.Length >= 8
        ? (MemoryMarshal.Read<ulong>(name) * 0x9E3779B97F4A7C15) ^ MemoryMarshal.Read<ulong>(name[^8..]) ^ (ulong)name.Length
        : Short(name) ^ ((ulong)name.Length << 56);

    private static ulong Short(ReadOnlySpan<byte> name)
    {
        var value = 0UL;
        foreach (var character in name)
        {
            value = (value << 8) | character;
        }

        return value;
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Name(ulong Hash, int Start, int Length);
}

/// <summary>What is wrong with a property's name.</summary>
internal enum NameFault
{
    None,
    Twice,
    TooMany,
}
