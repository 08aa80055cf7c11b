using System.ComponentModel.DataAnnotations;

namespace FhirAspire.DbtRunner;

/// <summary>Which dbt project is run, and where its results go. Section <c>Dbt</c>.</summary>
public sealed class DbtOptions : IValidatableObject
{
    /// <summary>The folder with <c>dbt_project.yml</c> and <c>profiles.yml</c>.</summary>
    public string ProjectDir { get; set; } = "";

    /// <summary>Where artifacts and compiled SQL are written.</summary>
    public string TargetDir { get; set; } = "";

    /// <summary>Where the marts are published as Parquet files.</summary>
    public string MartsDir { get; set; } = "";

    /// <summary>Nodes that run at the same time; 0 is the profile's own number.</summary>
    [Range(0, 64)]
    public int Threads { get; set; }

    /// <summary>
    /// Resources that one pass through staging takes in. What has piled up beyond it goes through in several passes, the oldest files first, so that memory
    /// does not grow with it; the marts are built once, behind the last.
    /// </summary>
    [Range(1000, int.MaxValue)]
    public int MaxNewEntries { get; set; } = 250_000;

    /// <summary>The masking policy that new tables of the marts get for the columns that name a patient; Snowflake's alone.</summary>
    [RegularExpression(@"[A-Za-z0-9_.$]*", ErrorMessage = "{0} is no name of a policy; expected one such as fhir.marts.mask_identifier.")]
    public string MaskingPolicy { get; set; } = "";

    /// <summary>Published sets of marts that are kept, the current one included.</summary>
    [Range(1, 1000)]
    public int KeepMarts { get; set; } = 5;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!File.Exists(Path.Combine(ProjectDir, "dbt_project.yml")))
        {
            yield return new ValidationResult($"ProjectDir is '{ProjectDir}', where no dbt_project.yml is; expected the folder of a dbt project.", [nameof(ProjectDir)]);
        }

        foreach (var (name, value) in new[] { (nameof(TargetDir), TargetDir), (nameof(MartsDir), MartsDir) })
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return new ValidationResult($"{name} is empty; expected a folder.", [name]);
            }
        }
    }
}
