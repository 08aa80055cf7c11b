using System.IO.Compression;
using FhirAspire.Fhir;
using FhirAspire.Fhir.Spool;
using Microsoft.Extensions.Options;

namespace FhirAspire.Generator.Replay;

/// <summary>Puts existing FHIR files through the spool. The first round leaves them byte for byte as they are, gzipped ones gzipped.</summary>
public sealed class ReplaySource : IPatientSource
{
    private readonly ReplayOptions options;
    private readonly SpoolDirectory spool;
    private readonly ReplayPlan plan;
    private readonly string source;
    private readonly ILogger<ReplaySource> logger;
    private ReplayState state;
    private bool saidEnd;

    /// <summary>Reads the source folder and the position.</summary>
    public ReplaySource(IOptions<GeneratorOptions> options, SpoolDirectory spool, ILogger<ReplaySource> logger)
        : this(options?.Value.Replay!, spool, logger)
    {
    }

    /// <summary>Reads the source folder and the position.</summary>
    public ReplaySource(ReplayOptions options, SpoolDirectory spool, ILogger<ReplaySource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.spool = spool;
        this.logger = logger;
        source = Path.GetFullPath(options.Source);
        plan = ReplayPlan.Read(source);
        state = ReplayState.Load(options.StateFile, source, plan.Fingerprint);
    }

    /// <inheritdoc/>
    public int? Count => options.Loop ? null : plan.Items.Count(item => item.Kind != SpooledKind.Shared);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SpooledItem>> NextAsync(CancellationToken cancellationToken)
    {
        var written = new List<SpooledItem>();
        while (true)
        {
            if (state.Next >= plan.Items.Count)
            {
                if (!options.Loop)
                {
                    SayEnd();
                    return written;
                }

                // What a run shares has gone up in the first round and stays as it is.
                var shared = plan.Items.Count(item => item.Kind == SpooledKind.Shared);
                if (shared == plan.Items.Count)
                {
                    SayEnd();
                    return written;
                }

                state = state with { Round = state.Round + 1, Next = shared };
            }

            var item = plan.Items[state.Next];
            written.Add(await WriteAsync(item, new IdShift(state.Round), cancellationToken));
            state = state with { Next = state.Next + 1 };
            state.Save(options.StateFile);
            if (item.Kind != SpooledKind.Shared)
            {
                return written;
            }
        }
    }

    private async Task<SpooledItem> WriteAsync(ReplayItem item, IdShift shift, CancellationToken cancellationToken)
    {
        var bytes = 0L;
        var folder = await spool.AddAsync(shift.Apply(item.Id), async (target, stop) =>
        {
            foreach (var file in item.Files)
            {
                var path = Path.Combine(target, shift.Apply(file.Name));
                if (shift.Round == 0)
                {
                    file.CopyTo(path);
                }
                else
                {
                    await CopyShiftedAsync(file, path, shift, stop);
                }

                bytes += new FileInfo(path).Length;
            }
        }, cancellationToken);
        return new SpooledItem(folder, item.Files.Count, bytes, item.Kind);
    }

    private static async Task CopyShiftedAsync(FileInfo file, string path, IdShift shift, CancellationToken cancellationToken)
    {
        var text = new MemoryStream();
        await using (var input = file.OpenRead())
        {
            await using var plain = FhirFileNames.IsGzip(file.Name) ? new GZipStream(input, CompressionMode.Decompress) : (Stream)input;
            await plain.CopyToAsync(text, cancellationToken);
        }

        shift.Apply(text.GetBuffer().AsSpan(0, (int)text.Length));
        text.Position = 0;
        await using var output = File.Create(path);
        await using var packed = FhirFileNames.IsGzip(file.Name) ? new GZipStream(output, CompressionLevel.Fastest) : (Stream)output;
        await text.CopyToAsync(packed, cancellationToken);
    }

    private void SayEnd()
    {
        if (!saidEnd)
        {
            saidEnd = true;
            GeneratorLog.ReplayEnded(logger, source, plan.Items.Count);
        }
    }
}
