using System.Text.RegularExpressions;

namespace FhirAspire.Fhir;

/// <summary>What the name of a FHIR file says, as Synthea and Bulk Data exports name theirs.</summary>
public static partial class FhirFileNames
{
    /// <summary>Endings of files that the pipeline takes, longest first.</summary>
    public static readonly IReadOnlyList<string> Endings = [".ndjson.gz", ".json.gz", ".ndjson", ".json"];

    /// <summary>Whether the pipeline takes a file of this name.</summary>
    public static bool IsFhir(string fileName) => EndingOf(fileName) is not null;

    /// <summary>Whether the file holds one resource a line.</summary>
    public static bool IsNdjson(string fileName) => EndingOf(fileName) is ".ndjson" or ".ndjson.gz";

    /// <summary>Whether the file is a pack: documents of many files, one a line, each with the key of its own file (<see cref="PackLine"/>).</summary>
    public static bool IsPack(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        return fileName.EndsWith(PackLine.Ending, StringComparison.Ordinal) || fileName.EndsWith(PackLine.Ending[..^".gz".Length], StringComparison.Ordinal);
    }

    /// <summary>Whether the file is gzipped.</summary>
    public static bool IsGzip(string fileName) => fileName.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the file holds a run's organizations or practitioners instead of a patient.</summary>
    public static bool IsRunInformation(string fileName) =>
        fileName.StartsWith("hospitalInformation", StringComparison.Ordinal) || fileName.StartsWith("practitionerInformation", StringComparison.Ordinal);

    /// <summary>
    /// An id for the file's spool folder: the UUID at the end of a patient file's name (<c>{First}_{Last}_{patientId}.json</c>), else
    /// the name without its ending, in letters, digits, dot and hyphen, at most 64 long.
    /// </summary>
    public static string IdOf(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        var stem = fileName[..^(EndingOf(fileName)?.Length ?? 0)];
        if (UuidAtEnd().Match(stem) is { Success: true } match)
        {
            return match.Value.ToLowerInvariant();
        }

        var safe = Unsafe().Replace(stem, "-").Trim('-', '.');
        return safe.Length switch { 0 => "file", > 64 => safe[..64], _ => safe };
    }

    private static string? EndingOf(string fileName) => Endings.FirstOrDefault(ending => fileName.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UuidAtEnd();

    [GeneratedRegex("[^A-Za-z0-9.-]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unsafe();
}
