using FhirAspire.Simulation.Random;

namespace FhirAspire.Simulation.Record;

/// <summary>
/// Names one life: the seed of the run, the slot's index and the attempt (0 for the first life of a slot, 1 after a death, ...).
/// It is the source of all of the life's ids.
/// </summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Index">Number of the slot, from 0, below 2^44.</param>
/// <param name="Attempt">Number of the life in the slot, from 0, below 2^13.</param>
public readonly record struct PatientKey(ulong Seed, long Index, int Attempt)
{
    private const ulong Half = (1UL << 61) - 1;

    /// <summary>
    /// The id of a thing of this life. Unique by construction: (index, attempt) and (number, kind, part) are the two halves of a
    /// 122-bit block that a Feistel network keyed by the seed permutes, so two different things of a run never share an id.
    /// </summary>
    /// <param name="number">Number of the entry in its life, below 2^32.</param>
    /// <param name="kind">What kind of thing is derived from the entry: 0 is the entry itself, below 2^9.</param>
    /// <param name="part">Which one of that kind, below 2^20.</param>
    public Guid Id(int number, IdKind kind = IdKind.Entry, int part = 0)
    {
        var left = (((ulong)Index << 13) | (uint)Attempt) & Half;
        var right = (((ulong)(uint)number << 29) | ((ulong)kind << 20) | (uint)part) & Half;
        for (var round = 0UL; round < 4; round++)
        {
            (left, right) = (right, left ^ (SplitMix.Mix(right + SplitMix.Derive(Seed, round)) & Half));
        }

        // RFC 9562 version 8 (custom) and variant 10, around the 122 bits.
        var high = ((left >> 13) << 16) | 0x8000UL | ((left >> 1) & 0xFFF);
        var low = (0b10UL << 62) | ((left & 1) << 61) | right;
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], low);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>The key of this life's chance.</summary>
    internal ulong RandomKey => SplitMix.Derive(SplitMix.Derive(Seed, (ulong)Index), (ulong)Attempt + 1000);

    /// <summary>The key of the chance that all lives of the slot share (who the person is).</summary>
    internal ulong SlotKey => SplitMix.Derive(Seed ^ 0x51_0751UL, (ulong)Index);
}
