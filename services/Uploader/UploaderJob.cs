using System.Diagnostics;
using System.IO.Compression;
using FhirAspire.Fhir;
using FhirAspire.Fhir.Spool;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using Microsoft.Extensions.Options;

namespace FhirAspire.Uploader;

/// <summary>
/// Carries finished spool folders to S3 and marks them. A folder is marked when all its files are there; until then each run writes its
/// keys again, and no others. What fails stops nothing else.
/// </summary>
public sealed class UploaderJob(SpoolDirectory spool, ObjectBucket bucket, IOptions<UploaderOptions> options, TimeProvider time, ILogger<UploaderJob> logger) : IJob
{
    private readonly UploaderOptions options = options.Value;

    /// <inheritdoc/>
    public string Name => JobNames.Uploader;

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        var pending = spool.Pending().ToList();
        var totals = new Totals();
        var problems = new List<string>();
        if (pending.Count > 0)
        {
            await bucket.EnsureBucketAsync(cancellationToken);
        }

        // What was packed is finished as a pack, whatever the options say now.
        if (pending.Count > 0 && (options.Pack || PackPlan.Open(spool).Any()))
        {
            var packs = new PackUploader(spool, bucket, options, time, (folder, file, stop) => UploadAsync(folder, file, totals, stop));
            await packs.UploadAsync(pending, isDue: context.Trigger is RunTrigger.Manual or RunTrigger.Retry, (folders, files, bytes) =>
            {
                totals.Folders += folders;
                totals.Files += files;
                totals.Bytes += bytes;
                context.Progress.Report(new JobProgress(totals.Folders, pending.Count, "folders", totals.Bytes));
            }, cancellationToken);
            pending = options.Pack ? [] : [.. pending.Where(folder => !folder.IsUploaded)];
        }

        if (pending.Count > 0)
        {
            await Parallel.ForEachAsync(pending, new ParallelOptions { MaxDegreeOfParallelism = context.Threads(options.Parallelism), CancellationToken = cancellationToken }, async (folder, stop) =>
            {
                try
                {
                    await UploadAsync(folder, totals, stop);
                    context.Progress.Report(new JobProgress(Interlocked.Increment(ref totals.Folders), pending.Count, "folders", Interlocked.Read(ref totals.Bytes)));
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    UploaderLog.FolderFailed(logger, exception, folder.Key);
                    lock (problems)
                    {
                        problems.Add($"{folder.Key}: {exception.Message}");
                    }
                }
            });
        }

        var removed = spool.RemoveOld(cancellationToken);
        return new JobOutcome(new Dictionary<string, long>
        {
            ["folders"] = totals.Folders, ["files"] = totals.Files, ["bytes"] = totals.Bytes,
        }, totals.Folders == 0 && problems.Count == 0 ? "nothing to upload" : $"{totals.Files} files of {totals.Folders} folders, {totals.Bytes:N0} bytes" + (removed > 0 ? $"; {removed} old folders removed" : ""))
        {
            Problems = problems,
        };
    }

    private async Task UploadAsync(SpoolFolder folder, Totals totals, CancellationToken cancellationToken)
    {
        using var activity = UploaderLog.Activities.StartActivity("upload folder", ActivityKind.Producer, folder.Trace ?? Activity.Current?.Id, links: Activity.Current is { } run ? [new ActivityLink(run.Context)] : null);
        activity?.SetTag("fhiraspire.folder", folder.Key);
        var keys = new List<string>();
        foreach (var file in folder.Files())
        {
            keys.Add(await UploadAsync(folder, file, totals, cancellationToken));
        }

        await SpoolDirectory.MarkAsync(folder, new SpoolMarker(time.GetUtcNow(), bucket.Bucket, keys), cancellationToken);
    }

    private async Task<string> UploadAsync(SpoolFolder folder, FileInfo file, Totals totals, CancellationToken cancellationToken)
    {
        var key = $"{ObjectKeys.Patients}{folder.Key}/{file.Name}";
        KeyValuePair<string, string>[] metadata = Activity.Current?.Id is { } id ? [new(ObjectBucket.TraceParent, id)] : [];
        if (!options.Gzip || FhirFileNames.IsGzip(file.Name))
        {
            var contentType = FhirFileNames.IsGzip(file.Name) ? "application/gzip" : FhirFileNames.IsNdjson(file.Name) ? "application/fhir+ndjson" : "application/fhir+json";
            await bucket.PutFileAsync(key, file.FullName, contentType, metadata, cancellationToken);
            Interlocked.Add(ref totals.Bytes, file.Length);
        }
        else
        {
            key += ".gz";
            // A hidden file beside the original: of any size, gone when it is closed, and never taken for one of the folder's.
            var packedPath = Path.Combine(folder.Path, $".{file.Name}.gz");
            await using var packed = new FileStream(packedPath, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
            await using (var source = file.OpenRead())
            await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            {
                await source.CopyToAsync(gzip, cancellationToken);
            }

            packed.Position = 0;
            await bucket.PutAsync(key, packed, "application/gzip", metadata, cancellationToken);
            Interlocked.Add(ref totals.Bytes, packed.Length);
        }

        Interlocked.Increment(ref totals.Files);
        return key;
    }

    private sealed class Totals
    {
        public long Folders;
        public long Files;
        public long Bytes;
    }
}
