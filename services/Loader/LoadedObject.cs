using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Loader;

/// <summary>An object that has been read: how many rows it gave, and what of it could not be loaded.</summary>
internal sealed class LoadedObject(RawObject item)
{
    public RawObject Object { get; } = item;

    public long Rows { get; set; }

    public long Resources { get; set; }

    public List<RawError> Errors { get; } = [];
}

/// <summary>A row on its way to the appender, in a buffer of the array pool.</summary>
internal readonly record struct LoadedRow(RawObject Object, RawRow Row, byte[] Buffer);
