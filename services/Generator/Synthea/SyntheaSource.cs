using System.Globalization;
using FhirAspire.Fhir;
using FhirAspire.Fhir.Spool;
using Microsoft.Extensions.Options;

namespace FhirAspire.Generator.Synthea;

/// <summary>
/// Runs Synthea itself, one process a call, each with its own seed. A patient's file goes to a folder of its own, with the hospital and practitioner file of
/// that run. Never ends.
/// </summary>
public sealed class SyntheaSource : IPatientSource
{
    private readonly GeneratorOptions options;
    private readonly SpoolDirectory spool;
    private readonly TimeProvider time;
    private readonly IPatientNumbers numbers;
    private readonly ILogger<SyntheaSource> logger;

    /// <summary>Starts nothing yet.</summary>
    public SyntheaSource(IOptions<GeneratorOptions> options, SpoolDirectory spool, IPatientNumbers numbers, TimeProvider time, ILogger<SyntheaSource> logger)
        : this(options?.Value!, spool, numbers, time, logger)
    {
    }

    /// <summary>Starts nothing yet.</summary>
    public SyntheaSource(GeneratorOptions options, SpoolDirectory spool, IPatientNumbers numbers, TimeProvider time, ILogger<SyntheaSource> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.spool = spool;
        this.time = time;
        this.logger = logger;
        this.numbers = numbers;
    }

    /// <inheritdoc/>
    public int? Count => null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SpooledItem>> NextAsync(CancellationToken cancellationToken)
    {
        var seed = unchecked(options.Seed + (ulong)await numbers.TakeAsync(options.Seed, cancellationToken));
        var work = Directory.CreateTempSubdirectory("fhiraspire-synthea-").FullName;
        try
        {
            var java = options.Synthea.Java;
            var (exitCode, output) = await ChildProcess.RunAsync(java, Arguments(seed, work), work, options.Synthea.Timeout, cancellationToken);
            if (exitCode != 0)
            {
                throw new GeneratorException("GEN003", java, $"ended with {exitCode}; expected 0. It has printed: {output}");
            }

            var written = await SpoolAsync(Path.Combine(work, "fhir"), cancellationToken);
            return written.Count > 0 ? written : throw new GeneratorException("GEN004", java, $"has left no patient's file in its fhir folder. It has printed: {output}");
        }
        finally
        {
            Remove(work);
        }
    }

    /// <summary>Synthea's command line (https://github.com/synthetichealth/synthea/wiki/Basic-Setup-and-Running).</summary>
    internal IEnumerable<string> Arguments(ulong seed, string work)
    {
        // Synthea's seeds are Java's signed numbers.
        var signed = unchecked((long)seed).ToString(CultureInfo.InvariantCulture);
        var asOf = (options.AsOf ?? time.GetUtcNow()).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        List<string> arguments =
        [
            "-jar", Path.GetFullPath(options.Synthea.Jar), "-p", "1", "-s", signed, "-cs", signed, "-r", asOf, "-e", asOf,
            $"--exporter.baseDirectory={work}{Path.DirectorySeparatorChar}",
            "--exporter.fhir.export=true", "--exporter.fhir.transaction_bundle=true", "--exporter.fhir.use_us_core_ig=true",
            "--exporter.hospital.fhir.export=true", "--exporter.practitioner.fhir.export=true",
            $"--exporter.years_of_history={options.YearsOfHistory}",
        ];
        if (options.Sex is { Length: > 0 } sex)
        {
            arguments.AddRange(["-g", sex]);
        }

        if (options.Ages() is var (from, to))
        {
            arguments.AddRange(["-a", $"{from}-{to}"]);
        }

        if (!string.IsNullOrWhiteSpace(options.Modules))
        {
            arguments.AddRange(["-d", Path.GetFullPath(options.Modules)]);
        }

        arguments.AddRange(options.Synthea.Arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        arguments.Add(options.State);
        if (options.City is { Length: > 0 } city)
        {
            arguments.Add(city);
        }

        return arguments;
    }

    private async Task<List<SpooledItem>> SpoolAsync(string output, CancellationToken cancellationToken)
    {
        var written = new List<SpooledItem>();
        if (!Directory.Exists(output))
        {
            return written;
        }

        var files = new DirectoryInfo(output).EnumerateFiles().Where(file => FhirFileNames.IsFhir(file.Name)).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        var shared = files.Where(file => FhirFileNames.IsRunInformation(file.Name)).ToList();
        foreach (var patient in files.Except(shared))
        {
            FileInfo[] all = [patient, .. shared];
            var folder = await spool.AddAsync(FhirFileNames.IdOf(patient.Name), (target, _) =>
            {
                foreach (var file in all)
                {
                    file.CopyTo(Path.Combine(target, file.Name));
                }

                return Task.CompletedTask;
            }, cancellationToken);
            written.Add(new SpooledItem(folder, all.Length, all.Sum(file => file.Length), SpooledKind.Patient));
        }

        return written;
    }

    private void Remove(string work)
    {
        try
        {
            Directory.Delete(work, recursive: true);
        }
        catch (IOException e)
        {
            GeneratorLog.WorkFolderStays(logger, work, e.Message);
        }
    }
}
