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
        for (var i = 0; i < options.Value.PatientsPerRun; i++)
        {
            var written = await source.NextAsync(cancellationToken);
            if (written.Count == 0)
            {
                break;
            }

            items.AddRange(written);
        }

        return items.Count == 0
            ? JobOutcome.Nothing with { Summary = "the source has come to its end" }
            : new JobOutcome(new Dictionary<string, long>
            {
                ["patients"] = items.Sum(item => item.Patients),
                ["files"] = items.Sum(item => item.Files),
                ["bytes"] = items.Sum(item => item.Bytes),
            }, $"{items.Sum(item => item.Files)} files, {items[^1].Folder.Key}");
    }
}
