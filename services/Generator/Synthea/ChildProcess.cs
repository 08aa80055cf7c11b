using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace FhirAspire.Generator.Synthea;

/// <summary>Runs a program to its end, however it behaves: what it prints is read all the time, and only the last of it is kept.</summary>
internal static class ChildProcess
{
    private const int KeptCharacters = 4000;

    // A grandchild may hold the output open after the child has ended.
    private static readonly TimeSpan PatienceForOutput = TimeSpan.FromSeconds(2);

    /// <summary>Runs it.</summary>
    /// <returns>The exit code, and the end of what it has printed.</returns>
    /// <exception cref="GeneratorException">It cannot be started, or takes longer than the time-out; then it is ended, with its children.</exception>
    public static async Task<(int ExitCode, string LastOutput)> RunAsync(string program, IEnumerable<string> arguments, string folder, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, CreateNoWindow = true,
            },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new GeneratorException("GEN001", program, $"cannot be started ({e.Message}); install a Java runtime, or set Generator:Synthea:Java to its executable", e);
        }

        process.StandardInput.Close();
        var tail = new Tail();
        var reading = Task.WhenAll(tail.ReadAsync(process.StandardOutput), tail.ReadAsync(process.StandardError));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            throw new GeneratorException("GEN002", program, $"was ended after {timeout}; set Generator:Synthea:Timeout to allow more. It has printed: {tail}");
        }

        await Task.WhenAny(reading, Task.Delay(PatienceForOutput, CancellationToken.None));
        return (process.ExitCode, tail.ToString());
    }

    private sealed class Tail
    {
        private readonly StringBuilder kept = new();
        private readonly Lock gate = new();

        public async Task ReadAsync(StreamReader output)
        {
            var buffer = new char[4096];
            try
            {
                int count;
                while ((count = await output.ReadAsync(buffer)) > 0)
                {
                    lock (gate)
                    {
                        kept.Append(buffer, 0, count);
                        if (kept.Length > KeptCharacters * 2)
                        {
                            kept.Remove(0, kept.Length - KeptCharacters);
                        }
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                // The process is gone, and with it its output.
            }
        }

        public override string ToString()
        {
            lock (gate)
            {
                var text = kept.ToString();
                return text.Length <= KeptCharacters ? text.Trim() : "..." + text[^KeptCharacters..].Trim();
            }
        }
    }
}
