using System.Diagnostics;
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
            // A trace of its own for every patient; the run that wrote it is only linked.
            var run = Activity.Current;
            Activity.Current = null;
            using var activity = GeneratorLog.Activities.StartActivity("generate patient", ActivityKind.Producer, default(ActivityContext), links: run is null ? null : [new ActivityLink(run.Context)]);
            var written = await source.NextAsync(cancellationToken);
            activity?.SetTag("fhiraspire.folder", written.Count > 0 ? written[0].Folder.Key : null);
            activity?.Stop();
            Activity.Current = run;
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
