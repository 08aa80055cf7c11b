using FhirAspire.Fhir.Bundles;
using FhirAspire.Fhir.Spool;
using FhirAspire.Simulation;
using Microsoft.Extensions.Options;

namespace FhirAspire.Generator.Simulate;

/// <summary>
/// Simulates patients. Each call fills one slot: those who died on the way and the one who lives, a folder each, with the hospitals and practitioners
/// that this patient has used. Never ends.
/// </summary>
public sealed class SimulateSource : IPatientSource, IDisposable
{
    private readonly GeneratorOptions options;
    private readonly SpoolDirectory spool;
    private readonly TimeProvider time;
    private readonly Population population;
    private readonly IPatientNumbers numbers;
    private readonly PatientBundleWriter writer = new();
    private readonly Queue<(PatientGenerator From, Task<IReadOnlyList<SimulatedPatient>> Patients)> ahead = [];
    private PatientGenerator? generator;

    /// <summary>Loads modules and data with the first patient.</summary>
    public SimulateSource(IOptions<GeneratorOptions> options, SpoolDirectory spool, IPatientNumbers numbers, TimeProvider time)
        : this(options?.Value!, spool, numbers, time)
    {
    }

    /// <summary>Loads modules and data with the first patient.</summary>
    public SimulateSource(GeneratorOptions options, SpoolDirectory spool, IPatientNumbers numbers, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.spool = spool;
        this.time = time;
        population = new Population(options);
        this.numbers = numbers;
    }

    /// <inheritdoc/>
    public int? Count => null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SpooledItem>> NextAsync(CancellationToken cancellationToken)
    {
        var asOf = options.AsOf ?? new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date, TimeSpan.Zero);
        if (generator is null || generator.Options.AsOf != asOf)
        {
            generator = await Task.Run(() => population.GeneratorAt(asOf), cancellationToken);
        }

        // Of many patients, the next ones are simulated on the other cores while this one is written.
        var wanted = options.PatientsPerRun == 1 ? 1 : Environment.ProcessorCount + 1;
        while (ahead.Count < wanted)
        {
            var from = generator;
            var slot = await numbers.TakeAsync(options.Seed, cancellationToken);
            ahead.Enqueue((from, Task.Run(() => from.Generate(slot), CancellationToken.None)));
        }

        var (next, simulated) = ahead.Dequeue();
        var patients = await simulated.WaitAsync(cancellationToken);
        var written = new List<SpooledItem>(patients.Count);
        foreach (var patient in patients)
        {
            written.Add(await WriteAsync(next, patient, cancellationToken));
        }

        return written;
    }

    /// <inheritdoc/>
    public void Dispose() => writer.Dispose();

    private async Task<SpooledItem> WriteAsync(PatientGenerator from, SimulatedPatient patient, CancellationToken cancellationToken)
    {
        var totals = new RunTotals(from);
        totals.Add(patient);
        (string Name, ReadOnlyMemory<byte> Json)[] files =
        [
            (PatientBundleWriter.FileName(patient), writer.Write(patient)),
            (RunInformation.HospitalFileName(patient.AsOf), RunInformation.Hospitals(totals)),
            (RunInformation.PractitionerFileName(patient.AsOf), RunInformation.Practitioners(totals)),
        ];
        var folder = await spool.AddAsync(patient.Id.ToString("D"), async (target, stop) =>
        {
            foreach (var (name, json) in files)
            {
                await using var file = new FileStream(Path.Combine(target, name), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
                await file.WriteAsync(json, stop);
            }
        }, cancellationToken);
        return new SpooledItem(folder, files.Length, files.Sum(file => (long)file.Json.Length), SpooledKind.Patient);
    }
}
