using System.ComponentModel.DataAnnotations;
using FhirAspire.Fhir;
using FhirAspire.Generator.Synthea;

namespace FhirAspire.Generator;

/// <summary>Where patients come from. Section <c>Generator</c>.</summary>
public sealed class GeneratorOptions : PopulationOptions, IValidatableObject
{
    /// <summary>The source.</summary>
    public GeneratorMode Mode { get; set; } = GeneratorMode.Simulate;

    /// <summary>Patients of one run of the job.</summary>
    [Range(1, int.MaxValue)]
    public int PatientsPerRun { get; set; } = 1;

    /// <summary>Who gives patients their numbers.</summary>
    public NumberStore Numbers { get; set; } = NumberStore.File;

    /// <summary>Where the number of the next patient is kept with <see cref="NumberStore.File"/>, so that a restarted host goes on with new ones; of simulate and synthea.</summary>
    public string PositionFile { get; set; } = "";

    /// <summary>The options of <see cref="GeneratorMode.Synthea"/>.</summary>
    public SyntheaOptions Synthea { get; set; } = new();

    /// <summary>The options of <see cref="GeneratorMode.Replay"/>.</summary>
    public ReplayOptions Replay { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        return Mode == GeneratorMode.Replay ? ReplayFaults() : SimulationFaults();
    }

    private IEnumerable<ValidationResult> SimulationFaults()
    {
        foreach (var fault in Faults())
        {
            yield return fault;
        }

        if (Numbers == NumberStore.File && string.IsNullOrWhiteSpace(PositionFile))
        {
            yield return new ValidationResult("PositionFile is empty; expected the path of the file that keeps the number of the next patient.", [nameof(PositionFile)]);
        }

        if (Mode == GeneratorMode.Synthea)
        {
            if (!File.Exists(Synthea.Jar))
            {
                yield return new ValidationResult($"Synthea:Jar is '{Synthea.Jar}', and no file is there; expected the path of synthea-with-dependencies.jar.", [nameof(Synthea)]);
            }

            if (Synthea.Timeout < TimeSpan.FromSeconds(1))
            {
                yield return new ValidationResult($"Synthea:Timeout is {Synthea.Timeout}; expected at least a second.", [nameof(Synthea)]);
            }
        }
    }

    private IEnumerable<ValidationResult> ReplayFaults()
    {
        if (!Directory.Exists(Replay.Source))
        {
            yield return new ValidationResult($"Replay:Source is '{Replay.Source}'; expected a folder of FHIR files ({string.Join(", ", FhirFileNames.Endings)}).", [nameof(Replay)]);
        }
        else if (!Directory.EnumerateFiles(Replay.Source).Any(file => FhirFileNames.IsFhir(Path.GetFileName(file))))
        {
            yield return new ValidationResult($"Replay:Source '{Replay.Source}' holds no FHIR file ({string.Join(", ", FhirFileNames.Endings)}).", [nameof(Replay)]);
        }

        if (string.IsNullOrWhiteSpace(Replay.StateFile))
        {
            yield return new ValidationResult("Replay:StateFile is empty; expected the path of the file that keeps the position.", [nameof(Replay)]);
        }
    }
}

/// <summary>The givers of patients' numbers.</summary>
public enum NumberStore
{
    /// <summary>A file of this machine.</summary>
    File,

    /// <summary>The run history: for generators on several machines.</summary>
    Shared,
}

/// <summary>The sources of patients.</summary>
public enum GeneratorMode
{
    /// <summary>Existing FHIR files of a folder.</summary>
    Replay,

    /// <summary>Patients simulated in this process.</summary>
    Simulate,

    /// <summary>Patients of Synthea itself, run as a child process.</summary>
    Synthea,
}

/// <summary>What is replayed, and what happens at the end.</summary>
public sealed class ReplayOptions
{
    /// <summary>The folder of FHIR files; folders in it are not looked into.</summary>
    public string Source { get; set; } = "";

    /// <summary>Whether to go on under new ids when every file has been replayed.</summary>
    public bool Loop { get; set; }

    /// <summary>Where the position is kept, so that a restarted host goes on.</summary>
    public string StateFile { get; set; } = "";
}
