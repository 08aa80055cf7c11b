using System.Runtime.InteropServices;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>Makes a folder's entries durable, for which .NET has no call: without it a new file may be gone after a loss of power.</summary>
internal static partial class Durable
{
    private const int ReadOnly = 0;

    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            // NTFS journals its entries itself.
            return;
        }

        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open the folder {path}: error {Marshal.GetLastPInvokeError()}");
        }

        try
        {
            if (Flush(descriptor) != 0)
            {
                throw new IOException($"cannot flush the folder {path}: error {Marshal.GetLastPInvokeError()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
