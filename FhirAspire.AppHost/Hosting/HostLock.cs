using System.Text.Json;

namespace FhirAspire.AppHost.Hosting;

/// <summary>
/// One host at a time for a data directory: a file that is open without sharing, which is the only mode that excludes other processes on Unix too. Who holds it
/// stands in a file beside it. The system gives the lock free at the end of the process, however it ends.
/// </summary>
internal sealed class HostLock : IDisposable
{
    private readonly FileStream file;
    private readonly DataDirectory data;

    private HostLock(FileStream file, DataDirectory data)
    {
        this.file = file;
        this.data = data;
    }

    /// <summary>Takes the lock.</summary>
    /// <exception cref="CommandException">Another host holds it.</exception>
    public static HostLock Take(DataDirectory data)
    {
        Directory.CreateDirectory(data.Root);
        if (TryOpen(data) is { } opened)
        {
            var held = new HostLock(opened, data);
            held.Describe(new RunningHost(Environment.ProcessId, null));
            return held;
        }

        throw new CommandException($"a host (process {ReadHolder(data).ProcessId}) already works on {data.Root}", "stop it, or give this one another folder with --data DIR");
    }

    /// <summary>The host that holds the lock, or null.</summary>
    public static RunningHost? Running(DataDirectory data)
    {
        if (!File.Exists(data.Lock))
        {
            return null;
        }

        using var probe = TryOpen(data);
        return probe is null ? ReadHolder(data) : null;
    }

    /// <summary>Says who holds the lock, and where its pages are.</summary>
    public void Describe(RunningHost host)
    {
        File.WriteAllBytes(data.Holder + ".tmp", JsonSerializer.SerializeToUtf8Bytes(host, JsonSerializerOptions.Web));
        File.Move(data.Holder + ".tmp", data.Holder, overwrite: true);
    }

    public void Dispose()
    {
        File.Delete(data.Holder);
        file.Dispose();
    }

    private static FileStream? TryOpen(DataDirectory data)
    {
        try
        {
            return new FileStream(data.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static RunningHost ReadHolder(DataDirectory data)
    {
        try
        {
            return JsonSerializer.Deserialize<RunningHost>(File.ReadAllBytes(data.Holder), JsonSerializerOptions.Web) ?? new RunningHost(0, null);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            // The holder has only just taken the lock.
            return new RunningHost(0, null);
        }
    }
}

/// <summary>A running host: its process, and the address of its pages once they are there.</summary>
internal sealed record RunningHost(int ProcessId, string? Url);
