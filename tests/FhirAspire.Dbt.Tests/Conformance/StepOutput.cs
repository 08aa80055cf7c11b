using System.Collections.Concurrent;
using FhirAspire.Dbt.Run;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>What one command gave: its exit code, what it printed and logged, and its result.</summary>
internal sealed class StepOutput : IDbtObserver
{
    private readonly ConcurrentQueue<(DbtLogLevel Level, string Message)> lines = new();

    public int ExitCode { get; set; }

    /// <summary>What went to the error stream; usage errors are there alone.</summary>
    public string ErrorText { get; set; } = string.Empty;

    public DbtResult? Result { get; private set; }

    public IReadOnlyList<DbtWarning> Warnings => Result?.Warnings ?? [];

    public IReadOnlyList<string> Of(DbtLogLevel level) => [.. lines.Where(line => line.Level == level).Select(line => line.Message)];

    public void OnLog(DbtLogLevel level, string message) => lines.Enqueue((level, message));

    public void OnRunFinished(DbtResult result) => Result = result;
}
