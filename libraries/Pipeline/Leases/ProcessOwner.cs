using System.Diagnostics;
using System.Globalization;

namespace FhirAspire.Pipeline.Leases;

/// <summary>
/// Names a process as the owner of leases: <c>{machine}:{process id}:{start}</c>. The start tells a process from a later one of the same number, so that
/// what a killed process held on this machine is free at once.
/// </summary>
public static class ProcessOwner
{
    /// <summary>This process.</summary>
    public static string Current { get; } = $"{Environment.MachineName}:{Environment.ProcessId}:{StartOf(Environment.ProcessId)}";

    /// <summary>Whether an owner was a process of this machine that has ended. False where that is not known.</summary>
    public static bool IsGone(string owner)
    {
        ArgumentNullException.ThrowIfNull(owner);
        return owner.Split(':') is [var machine, var id, var start] && machine == Environment.MachineName
            && int.TryParse(id, CultureInfo.InvariantCulture, out var processId) && start.Length > 0 && StartOf(processId) != start;
    }

    // In ticks since the start of the machine on Linux, where the time of the clock would move with the clock.
    private static string StartOf(int processId)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // The name of the program, in parentheses, may hold spaces.
                var stat = File.ReadAllText($"/proc/{processId}/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                // A zombie has ended, though nobody has asked for its end yet.
                return fields[0] is "Z" or "X" ? "" : fields[19];
            }

            using var process = Process.GetProcessById(processId);
            return new DateTimeOffset(process.StartTime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return "";
        }
    }
}
