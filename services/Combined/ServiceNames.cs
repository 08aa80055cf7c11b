namespace FhirAspire.Combined;

/// <summary>The services that may run in one process, in the order in which data passes them.</summary>
internal static class ServiceNames
{
    public const string Generator = "generator";
    public const string Uploader = "uploader";
    public const string Loader = "loader";
    public const string DbtRunner = "dbt-runner";
    public const string Dashboard = "dashboard";

    private static readonly string[] All = [Generator, Uploader, Loader, DbtRunner, Dashboard];

    /// <summary>Reads the setting <c>Services</c>.</summary>
    /// <exception cref="InvalidOperationException">It names none, or one that is not there.</exception>
    public static IReadOnlyList<string> Read(string? setting)
    {
        var named = (setting ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        var unknown = named.Except(All, StringComparer.Ordinal).ToList();
        return named.Length > 0 && unknown.Count == 0
            ? [.. All.Intersect(named, StringComparer.Ordinal)]
            : throw new InvalidOperationException($"Services is '{setting}'; expected some of {string.Join(", ", All)}, separated by commas.");
    }
}
