using FhirAspire.Simulation.Random;

namespace FhirAspire.Simulation.Record;

/// <summary>Ids of things that all patients share (organizations, clinicians, payers): a hash of their kind and name, the same in every run.</summary>
internal static class StableId
{
    public static Guid Of(string kind, string name)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, SplitMix.Hash(kind + "/" + name));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], SplitMix.Hash(name + "\n" + kind));
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
