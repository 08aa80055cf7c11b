namespace FhirAspire.Dbt.Run;

/// <summary>
/// Values of environment variables whose names begin with <c>DBT_ENV_SECRET</c> (https://docs.getdbt.com/reference/dbt-jinja-functions/env_var#secrets): no line, message or result shows them.
/// </summary>
internal sealed class Secrets
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Mask = "*****";

    private const string Prefix = "DBT_ENV_SECRET";

    // The longest first, since one may be part of another.
    private readonly string[] values;

    public Secrets(IReadOnlyDictionary<string, string> environment) =>
        values = [.. environment.Where(entry => entry.Key.StartsWith(Prefix, StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(entry.Value)).Select(entry => entry.Value).OrderByDescending(value => value.Length)];

    /// <summary>A text without secrets.</summary>
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    public string? Hide(string? text)
    {
        if (text is not null)
        {
            foreach (var value in values)
            {
                text = text.Replace(value, Mask, StringComparison.Ordinal);
            }
        }

        return text;
    }

    /// <summary>An error without secrets: itself where it has none.</summary>
    public DbtException Hide(DbtException error) => values.Length == 0 ? error : error.Rewritten(text => Hide(text));
}
