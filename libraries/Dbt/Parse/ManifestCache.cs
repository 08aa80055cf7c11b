using FhirAspire.Dbt.Compile;

namespace FhirAspire.Dbt.Parse;

/// <summary>The manifest of a project: from the cache when nothing has changed, parsed otherwise.</summary>
internal static class ManifestCache
{
    public static Manifest Load(DbtSession session) => new ProjectParser(session).Parse();
}
