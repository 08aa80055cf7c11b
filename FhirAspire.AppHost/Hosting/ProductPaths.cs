namespace FhirAspire.AppHost.Hosting;

/// <summary>Where the product's own files are: in the folder of FhirAspire.sln, or beside the published executable.</summary>
internal static class ProductPaths
{
    public static string Root { get; } = FindRoot();

    public static string DefaultData => Path.Combine(Root, "data");

    public static string DbtProject => Path.Combine(Root, "dbt");

    public static string Sample => Path.Combine(Root, "samples", "synthea", "fhir-small");

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FhirAspire.sln")))
            {
                return folder.FullName;
            }
        }

        return Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
    }
}
