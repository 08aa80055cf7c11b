using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary><c>require-dbt-version</c> of a project or package, against the version that the engine follows.</summary>
internal static class RequiredVersion
{
    /// <exception cref="DbtException">The project is for other versions, or the setting is no version.</exception>
    public static void Check(DbtProject project, string installed)
    {
        if (project.Rendered.Get("require-dbt-version") is not { } given)
        {
            return;
        }

        var rules = SemanticVersion.Texts(given);
        var current = SemanticVersion.Parse(installed)!;
        var isMet = true;
        foreach (var rule in rules)
        {
            var wanted = SemanticVersion.Parse(rule) ?? throw Error(project, $"\"{rule}\" is not a valid semantic version.", rule, "a version such as \">=1.8.0\"");
            isMet &= wanted.Allows(current);
        }

        if (!isMet)
        {
            throw Error(project,
                $"This version of dbt is not supported with the '{project.Name}' package.\n  Installed version of dbt: ={installed}\n  Required version of dbt for '{project.Name}': {Val.Repr(rules.ConvertAll(object? (rule) => char.IsDigit(rule[0]) ? $"={rule}" : rule))}\nCheck for a different version of the '{project.Name}' package, or run dbt again with --no-version-check\n",
                string.Join(", ", rules), installed);
        }
    }

    private static DbtException Error(DbtProject project, string message, string found, string expected) =>
        new("DBT1003", DbtErrorKind.Runtime, $"{message}\nError encountered in {Path.Combine(project.Root, "dbt_project.yml")}") { File = "dbt_project.yml", Found = found, Expected = expected, Hint = "--no-version-check takes the project as it is" };
}
