namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>The checksum that an object or part was written with.</summary>
/// <param name="Algorithm">CRC32, CRC32C, CRC64NVME, SHA1 or SHA256.</param>
/// <param name="Type">FULL_OBJECT or COMPOSITE.</param>
/// <param name="Value">Base64; a composite one ends with <c>-parts</c>. Empty of an upload, which only says what its parts must have.</param>
internal sealed record StoredChecksum(string Algorithm, string Type, string Value)
{
    public const string FullObject = "FULL_OBJECT";
    public const string Composite = "COMPOSITE";

    public string Serialize() => $"{Algorithm}:{Type}:{Value}";

    public static StoredChecksum? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var parts = text.Split(':', 3);
        return new StoredChecksum(parts[0], parts[1], parts[2]);
    }
}
