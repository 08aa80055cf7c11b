using FhirAspire.Simulation;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Generator.Simulate;

/// <summary>Modules and data, loaded once; makes a generator for each end of the simulation.</summary>
public sealed class Population
{
    private readonly PopulationOptions options;
    private readonly Lazy<(ModuleSet Modules, ReferenceData Data)> sources;

    /// <summary>Loads nothing yet.</summary>
    public Population(PopulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        sources = new(() => (
            ModuleLoader.Load([.. options.ModulePaths().Select(path => path == PopulationOptions.OwnModules ? FileSources.OwnModules() : FileSources.Open(path))]),
            string.IsNullOrWhiteSpace(options.SyntheaData) ? ReferenceData.Own() : ReferenceData.From(FileSources.Open(options.SyntheaData))));
    }

    /// <summary>Names, sizes and times of modules and data, to tell whether they are the same as before.</summary>
    public string Sources => string.Join('\n', options.ModulePaths().Append(options.SyntheaData).Select(Describe));

    /// <summary>A generator of patients.</summary>
    /// <param name="asOf">End of the simulation.</param>
    /// <exception cref="ModuleException">A module has faults; all are listed.</exception>
    /// <exception cref="SimulationException">The data has no such state or city, or a file is missing.</exception>
    public PatientGenerator GeneratorAt(DateTimeOffset asOf)
    {
        var ages = options.Ages();
        return new PatientGenerator(sources.Value.Modules, sources.Value.Data, new SimulationOptions
        {
            Seed = options.Seed,
            State = options.State,
            City = string.IsNullOrWhiteSpace(options.City) ? null : options.City,
            Gender = string.IsNullOrWhiteSpace(options.Sex) ? null : options.Sex,
            MinAge = ages?.From,
            MaxAge = ages?.To,
            AsOf = asOf,
            YearsOfHistory = options.YearsOfHistory,
        });
    }

    private static string Describe(string? path)
    {
        if (string.IsNullOrWhiteSpace(path) || path == PopulationOptions.OwnModules)
        {
            return $"own {typeof(PatientGenerator).Assembly.ManifestModule.ModuleVersionId}";
        }

        IEnumerable<string> files = Directory.Exists(path) ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal) : [path];
        return string.Join('\n', files.Select(file => new FileInfo(file)).Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}"));
    }
}
