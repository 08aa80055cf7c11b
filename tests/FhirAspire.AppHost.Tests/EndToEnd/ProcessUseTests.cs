using System.Diagnostics;
using FhirAspire.AppHost.Tests.Faults;
using FhirAspire.Pipeline.Leases;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>Services as processes of their own tell what they use to the history that they share.</summary>
public sealed class ProcessUseTests
{
    [Fact]
    public async Task A_service_that_is_a_process_of_its_own_tells_what_it_uses()
    {
        using var data = new TemporaryData();
        var options = new RunStoreOptions { ConnectionString = Path.Combine(data.Path, "history.db") };
        await new RunStore(options, TimeProvider.System).PrepareAsync();
        await using var uploader = ServiceProcess.Start("Uploader", new Dictionary<string, string?>
        {
            ["History__ConnectionString"] = options.ConnectionString, ["Spool__Path"] = Path.Combine(data.Path, "spool"), ["S3__ServiceUrl"] = "http://127.0.0.1:9", ["S3__AccessKey"] = "a", ["S3__SecretKey"] = "b",
            ["Jobs__uploader__AtStart"] = "false", ["Jobs__uploader__Every"] = "01:00:00",
        });
        var begin = Stopwatch.StartNew();
        IReadOnlyList<ProcessSample> told = [];
        while (told.Count == 0)
        {
            begin.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(3), uploader.Output);
            uploader.Process.HasExited.ShouldBeFalse(uploader.Output);
            await Task.Delay(500);
            told = await new OperationsStore(options).ProcessSamplesAsync(DateTime.MinValue);
        }

        told[0].Service.ShouldBe("Uploader");
        told[0].Process.ShouldStartWith($"{Environment.MachineName}:{uploader.Process.Id}:");
        told[0].Process.ShouldNotBe(ProcessOwner.Current);
        told[0].Use.CpuSeconds.ShouldBeGreaterThan(0);
        told[0].Use.Memory.ShouldBeGreaterThan(10_000_000);
    }
}
