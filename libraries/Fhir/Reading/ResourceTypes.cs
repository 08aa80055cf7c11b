using System.Collections.Frozen;
using Hl7.Fhir.Model;

namespace FhirAspire.Fhir.Reading;

/// <summary>The resource types of FHIR R4 (https://hl7.org/fhir/R4/resourcelist.html).</summary>
internal static class ResourceTypes
{
    private static readonly FrozenSet<string> All = ModelInfo.SupportedResources.ToFrozenSet(StringComparer.Ordinal);

    public static bool IsKnown(string name) => All.Contains(name);

    /// <summary>The known type that is written nearly like a name; null where none is near.</summary>
    public static string? Nearest(string name)
    {
        var limit = Math.Max(1, name.Length / 4);
        return name.Length > 64 ? null : All
            .Select(type => (Type: type, Distance: Distance(name.ToUpperInvariant(), type.ToUpperInvariant())))
            .Where(candidate => candidate.Distance <= limit)
            .OrderBy(candidate => candidate.Distance).ThenBy(candidate => candidate.Type, StringComparer.Ordinal)
            .FirstOrDefault().Type;
    }

    // Edits of one character each; two neighbours that changed places are one edit, as they are one slip of a hand.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Math.Min(Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1, rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[a.Length, b.Length];
    }
}
