using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Generator;

/// <summary>Whom to simulate: of the modes <see cref="GeneratorMode.Simulate"/> and <see cref="GeneratorMode.Synthea"/>, and of bulk generation.</summary>
public class PopulationOptions
{
    /// <summary>Stands for the product's own modules in <see cref="Modules"/>.</summary>
    public const string OwnModules = "own";

    /// <summary>Seed: the same seed and options give the same patients.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>State of the United States: full name or two letters.</summary>
    public string State { get; set; } = "Massachusetts";

    /// <summary>City of the state; empty for all.</summary>
    public string? City { get; set; }

    /// <summary><c>M</c> or <c>F</c>; empty for both.</summary>
    [RegularExpression("[MF]?", ErrorMessage = "Sex is '{0}'; expected M, F or nothing.")]
    public string? Sex { get; set; }

    /// <summary>Ages at the end, in years, as <c>40-60</c>; empty for all.</summary>
    public string? Age { get; set; }

    /// <summary>End of the simulation; empty for the beginning of the current day.</summary>
    public DateTimeOffset? AsOf { get; set; }

    /// <summary>Years before the end of which records are kept; 0 for whole lives.</summary>
    [Range(0, 150)]
    public int YearsOfHistory { get; set; } = 10;

    /// <summary>
    /// Modules in place of the product's own: folder, zip or jar; several separated by semicolons, a later one replaces modules of an earlier one. <c>own</c>
    /// stands for the product's.
    /// </summary>
    public string? Modules { get; set; }

    /// <summary>Synthea's data in place of the product's own: a zip, a jar or a folder with the paths of the jar.</summary>
    public string? SyntheaData { get; set; }

    /// <summary>The two ends of <see cref="Age"/>; null without one.</summary>
    /// <exception cref="FormatException">It is no range of ages.</exception>
    public (int From, int To)? Ages()
    {
        if (string.IsNullOrWhiteSpace(Age))
        {
            return null;
        }

        var ends = Age.Split('-');
        return ends.Length is 1 or 2 && int.TryParse(ends[0], out var from) && int.TryParse(ends[^1], out var to) && from >= 0 && from <= to && to <= 140
            ? (from, to)
            : throw new FormatException($"Age is '{Age}'; expected years from 0 to 140, such as 40-60 or 65.");
    }

    /// <summary>Faults of these options, with their keys.</summary>
    public virtual IEnumerable<ValidationResult> Faults()
    {
        string? age = null;
        try
        {
            Ages();
        }
        catch (FormatException e)
        {
            age = e.Message;
        }

        if (age is not null)
        {
            yield return new ValidationResult(age, [nameof(Age)]);
        }

        foreach (var path in ModulePaths().Where(path => path != OwnModules && !Path.Exists(path)))
        {
            yield return new ValidationResult($"Modules names '{path}', and nothing is there; expected a folder, a .zip, a .jar, or '{OwnModules}'.", [nameof(Modules)]);
        }

        if (!string.IsNullOrWhiteSpace(SyntheaData) && !Path.Exists(SyntheaData))
        {
            yield return new ValidationResult($"SyntheaData is '{SyntheaData}', and nothing is there; expected a folder, a .zip or a .jar.", [nameof(SyntheaData)]);
        }
    }

    /// <summary>The parts of <see cref="Modules"/>; the product's own where there is none.</summary>
    public IReadOnlyList<string> ModulePaths()
        => string.IsNullOrWhiteSpace(Modules) ? [OwnModules] : Modules.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
