using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace FhirAspire.DbtRunner.Quality;

/// <summary>What is checked after every good dbt run, beside dbt's own tests. Section <c>Quality</c>; a list that is set takes the place of the default.</summary>
public sealed partial class QualityOptions : IValidatableObject
{
    /// <summary>Whether the checks run.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Columns that are never to be null: <c>schema.table.column</c>; with <c>=0.05</c> behind it up to that share may be.</summary>
    public IList<string> CriticalColumns { get; } = [];

    /// <summary>References that must have a target: <c>schema.table.column -> schema.table.column</c>. Nulls are no reference.</summary>
    public IList<string> References { get; } = [];

    /// <summary>Tables whose number of rows is watched: <c>schema.table</c>.</summary>
    public IList<string> Tables { get; } = [];

    /// <summary>Age of the newest loaded data that counts as bad.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan FreshFor { get; set; } = TimeSpan.FromHours(24);

    /// <summary>The share of a table's rows that may go from one run to the next: tables of patients' lives grow.</summary>
    [Range(0.0, 1.0)]
    public double DropShare { get; set; } = 0.05;

    internal IEnumerable<string> EffectiveColumns => CriticalColumns.Count > 0 ? CriticalColumns :
    [
        "marts.dim_patients.id", "marts.dim_patients.birthdate", "marts.dim_patients.gender", "marts.fct_encounters.id", "marts.fct_encounters.patient",
        "marts.fct_encounters.start", "marts.fct_encounters.encounterclass", "marts.fct_conditions.code", "marts.fct_claims.total",
    ];

    internal IEnumerable<string> EffectiveReferences => References.Count > 0 ? References :
    [
        .. new[] { "encounters", "conditions", "medications", "observations", "procedures", "immunizations", "claims" }.Select(name => $"marts.fct_{name}.patient -> marts.dim_patients.id"),
        "marts.fct_conditions.encounter -> marts.fct_encounters.id", "marts.fct_encounters.organization -> marts.dim_organization.id",
    ];

    internal IEnumerable<string> EffectiveTables => Tables.Count > 0 ? Tables :
    [
        "raw.fhir_bundles", "marts.dim_patients", "marts.fct_encounters", "marts.fct_conditions", "marts.fct_medications", "marts.fct_observations", "marts.fct_procedures",
        "marts.fct_immunizations", "marts.fct_claims",
        // The same in staging: what is lost on the way to the marts is seen.
        .. new[] { "patients", "encounters", "conditions", "medications", "observations", "procedures", "immunizations", "claims" }.Select(name => $"staging.stg_{name}"),
    ];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (texts, form, expected, name) in new[]
        {
            (CriticalColumns, Column(), "schema.table.column, or schema.table.column=0.05", nameof(CriticalColumns)),
            (References, Reference(), "schema.table.column -> schema.table.column", nameof(References)),
            (Tables, Table(), "schema.table", nameof(Tables)),
        })
        {
            foreach (var text in texts.Where(text => !form.IsMatch(text)))
            {
                yield return new ValidationResult($"{name} has '{text}'; expected {expected}, of letters, digits and underscores.", [name]);
            }
        }
    }

    // Names go into SQL, so nothing else may stand in them.
    [GeneratedRegex(@"^(?<table>\w+\.\w+)\.(?<column>\w+)(=(?<share>0(\.\d+)?|1))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    internal static partial Regex Column();

    [GeneratedRegex(@"^(?<table>\w+\.\w+)\.(?<column>\w+) -> (?<target>\w+\.\w+)\.(?<key>\w+)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    internal static partial Regex Reference();

    [GeneratedRegex(@"^\w+\.\w+$", RegexOptions.CultureInvariant, 1000)]
    internal static partial Regex Table();
}
