using System.Diagnostics;

namespace FhirAspire.Tests;

/// <summary>A small disk of a test's own: a tmpfs, which only root may mount. It can be filled, and emptied again.</summary>
public sealed class SmallDisk : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-disk-").FullName;

    private SmallDisk()
    {
    }

    /// <summary>Its folder.</summary>
    public string Path => folder;

    private string Ballast => System.IO.Path.Combine(folder, "ballast");

    /// <summary>Mounts it, or skips the test where that is not allowed.</summary>
    /// <param name="megabytes">Its size.</param>
    public static SmallDisk Mount(int megabytes)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "a small disk (tmpfs) is mounted by root on Linux only");
        var disk = new SmallDisk();
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk.folder))
        {
            Directory.Delete(disk.folder);
            Skip.If(true, "this machine lets root mount no tmpfs");
        }

        return disk;
    }

    /// <summary>Fills it until so many bytes are left.</summary>
    /// <param name="left">Bytes that stay free, at most.</param>
    public void Fill(long left)
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[4096];
        while (new DriveInfo(folder).AvailableFreeSpace > left)
        {
            file.Write(block);
        }
    }

    /// <summary>Makes room again.</summary>
    public void Empty() => File.Delete(Ballast);

    /// <inheritdoc/>
    public void Dispose()
    {
        Run("umount", "-l", folder);
        Directory.Delete(folder);
    }

    private static bool Run(string command, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
