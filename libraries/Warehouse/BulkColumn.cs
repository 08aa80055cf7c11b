namespace FhirAspire.Warehouse;

/// <summary>A column of a bulk load.</summary>
public readonly record struct BulkColumn(string Name, BulkType Type);

/// <summary>What a bulk-loaded column holds, and the .NET type of its values.</summary>
public enum BulkType
{
    /// <summary>Text: <see cref="string"/>.</summary>
    Text,

    /// <summary>A JSON document: <see cref="string"/>, or UTF-8 as <see cref="byte"/> array.</summary>
    Json,

    /// <summary>A 64-bit integer: <see cref="long"/>.</summary>
    BigInt,

    /// <summary>A UTC instant with microseconds: <see cref="DateTime"/> of kind UTC.</summary>
    Timestamp,
}
