using System.Diagnostics;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>What a process has used since its start.</summary>
public sealed record ProcessUse
{
    /// <summary>When it started, UTC: counters of another start are not compared with these.</summary>
    public DateTime StartedAt { get; init; }

    /// <summary>Processor seconds.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>Memory now, bytes.</summary>
    public long Memory { get; init; }

    /// <summary>Bytes that its sockets have received, loopback included.</summary>
    public long Received { get; init; }

    /// <summary>Bytes that its sockets have sent, loopback included.</summary>
    public long Sent { get; init; }

    /// <summary>What this process has used.</summary>
    public static ProcessUse Now(SocketBytes sockets)
    {
        ArgumentNullException.ThrowIfNull(sockets);
        using var process = Process.GetCurrentProcess();
        return new ProcessUse
        {
            StartedAt = process.StartTime.ToUniversalTime(), CpuSeconds = process.TotalProcessorTime.TotalSeconds, Memory = process.WorkingSet64, Received = sockets.Received, Sent = sockets.Sent,
        };
    }
}
