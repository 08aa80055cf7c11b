using FhirAspire.Pipeline.Jobs;
using Microsoft.Extensions.Options;

namespace FhirAspire.Generator;

/// <summary>Writes the next patients to the spool.</summary>
public sealed class GeneratorJob(IPatientSource source, IOptions<GeneratorOptions> options) : IJob
{
    /// <inheritdoc/>
    public string Name => JobNames.Generator;

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        var items = new List<SpooledItem>();
        var bytes = 0L;
        for (var i = 0; i < options.Value.PatientsPerRun; i++)
        {
            var written = await source.NextAsync(cancellationToken);
            items.AddRange(written);
            bytes += written.Sum(item => item.Bytes);
            if (written.Count == 0 || written[^1].Kind == SpooledKind.Shared)
            {
                break;
            }

            context.Progress.Report(new JobProgress(i + 1, source.Count, "folders", bytes));
        }

        return items.Count == 0
            ? JobOutcome.Nothing with { Summary = "the source has come to its end" }
            : new JobOutcome(new Dictionary<string, long>
            {
                ["patients"] = items.Count(item => item.Kind == SpooledKind.Patient),
                ["files"] = items.Sum(item => item.Files),
                ["bytes"] = bytes,
            }, $"{items.Sum(item => item.Files)} files, {items[^1].Folder.Key}");
    }
}
