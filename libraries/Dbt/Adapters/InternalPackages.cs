using System.Collections.Concurrent;
using FhirAspire.Dbt.Parse;

namespace FhirAspire.Dbt.Adapters;

/// <summary>The macros that come with the engine: package <c>dbt</c>, and <c>dbt_duckdb</c>, <c>dbt_postgres</c>, <c>dbt_snowflake</c>.</summary>
internal static class InternalPackages
{
    private static readonly ConcurrentDictionary<string, IReadOnlyList<DbtMacro>> Read = new(StringComparer.Ordinal);

    public static IReadOnlyList<string> Names(string adapterType) => ["dbt", "dbt_" + adapterType];

    public static bool IsInternal(string package) => package is "dbt" or "dbt_duckdb" or "dbt_postgres" or "dbt_snowflake";

    /// <summary>The macros for an adapter. They are read once a process and never change.</summary>
    public static IReadOnlyList<DbtMacro> Macros(string adapterType) => Read.GetOrAdd(adapterType, type => [.. Folder("core", "dbt"), .. Folder(type, "dbt_" + type)]);

    private static IEnumerable<DbtMacro> Folder(string folder, string package)
    {
        var assembly = typeof(InternalPackages).Assembly;
        var prefix = $"macros/{folder}/";
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            foreach (var macro in MacroReader.Read(reader.ReadToEnd(), package, resource))
            {
                yield return macro;
            }
        }
    }
}
