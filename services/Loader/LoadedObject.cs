using System.Buffers;
using System.Diagnostics;
using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Loader;

/// <summary>An object that has been read: how many rows it gave, and what of it could not be loaded.</summary>
internal sealed class LoadedObject(RawObject item)
{
    public RawObject Object { get; } = item;

    public long Rows { get; set; }

    public long Resources { get; set; }

    /// <summary>The trace of the patient that it brings; null where nobody follows it.</summary>
    public ActivityContext? Trace { get; set; }

    public List<RawError> Errors { get; } = [];
}

/// <summary>A row on its way to the appender, in a buffer of the array pool.</summary>
/// <param name="Object">The object with the content that the row holds.</param>
/// <param name="Row">The row.</param>
/// <param name="Buffer">What the row's document stands in.</param>
/// <param name="Large">To be released when the document is done with; null for one of usual size.</param>
internal sealed record LoadedRow(RawObject Object, RawRow Row, byte[] Buffer, SemaphoreSlim? Large = null) : IDisposable
{
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(Buffer);
        Large?.Release();
    }
}
