using System.Text.Json;

namespace FhirAspire.AppHost.Hosting;

/// <summary>One host at a time for a data directory: an open file that no other process may open for writing, with what is known of its holder.</summary>
internal sealed class HostLock : IDisposable
{
    private readonly FileStream file;

    private HostLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="CommandException">Another host holds it.</exception>
    public static HostLock Take(DataDirectory data)
    {
        Directory.CreateDirectory(data.Root);
        try
        {
            // Others may read who holds it. The system gives the file free at the end of the process, however it ends.
            var held = new HostLock(new FileStream(data.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read));
            held.Describe(new RunningHost(Environment.ProcessId, null));
            return held;
        }
        catch (IOException) when (Running(data) is { } host)
        {
            throw new CommandException($"a host (process {host.ProcessId}) already works on {data.Root}", "stop it, or give this one another folder with --data DIR");
        }
    }

    /// <summary>The host that holds the lock, or null.</summary>
    public static RunningHost? Running(DataDirectory data)
    {
        if (!File.Exists(data.Lock))
        {
            return null;
        }

        try
        {
            using var probe = new FileStream(data.Lock, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
            return null;
        }
        catch (IOException)
        {
            try
            {
                using var reader = new FileStream(data.Lock, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                return JsonSerializer.Deserialize<RunningHost>(reader, JsonSerializerOptions.Web);
            }
            catch (Exception exception) when (exception is IOException or JsonException)
            {
                return new RunningHost(0, null);
            }
        }
    }

    /// <summary>Says who holds the lock, and where its pages are.</summary>
    public void Describe(RunningHost host)
    {
        file.SetLength(0);
        JsonSerializer.Serialize(file, host, JsonSerializerOptions.Web);
        file.Flush();
    }

    public void Dispose() => file.Dispose();
}

/// <summary>A running host: its process, and the address of its pages once they are there.</summary>
internal sealed record RunningHost(int ProcessId, string? Url);
