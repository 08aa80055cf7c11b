using System.IO.Compression;

namespace FhirAspire.Fhir.Export;

/// <summary>
/// A file that grows, and that can be cut back to the last mark. Gzipped, each mark ends a member (RFC 1952, section 2.2: a file may have several),
/// so that the bytes do not depend on where an export was interrupted.
/// </summary>
internal sealed class ResumableFile : Stream
{
    private readonly FileStream file;
    private readonly bool gzip;
    private GZipStream? member;

    /// <summary>Opens the file, cut to what a mark has said.</summary>
    public ResumableFile(string path, bool gzip, long length)
    {
        this.gzip = gzip;
        file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, 1 << 16);
        if (file.Length < length)
        {
            var found = file.Length;
            file.Dispose();
            throw new Bundles.FhirWriteException("FHW002", path, $"found {found} bytes; expected at least {length}, as the interrupted export has left it. Remove the folder to begin anew");
        }

        file.SetLength(length);
        file.Position = length;
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => file.Length;

    public override long Position
    {
        get => file.Position;
        set => throw new NotSupportedException();
    }

    /// <summary>Makes durable what was written.</summary>
    /// <returns>The length to be cut back to.</returns>
    public long Mark()
    {
        member?.Dispose();
        member = null;
        file.Flush(flushToDisk: true);
        return file.Position;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        if (gzip)
        {
            member ??= new GZipStream(file, CompressionLevel.Fastest, leaveOpen: true);
            member.Write(buffer);
        }
        else
        {
            file.Write(buffer);
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => file.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            member?.Dispose();
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}
