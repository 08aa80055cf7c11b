using FhirAspire.Pipeline.Jobs;

namespace FhirAspire.Pipeline.Tests.Jobs;

/// <summary>A job that does what the test says, and counts its runs.</summary>
internal sealed class TestJob(string name, Func<JobContext, CancellationToken, Task<JobOutcome>> work) : IJob
{
    private int runs;

    public string Name => name;

    public int Runs => runs;

    public static JobOutcome Work(long files = 1) => new(new Dictionary<string, long> { ["files"] = files }, $"{files} files");

    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref runs);
        return await work(context, cancellationToken);
    }
}
