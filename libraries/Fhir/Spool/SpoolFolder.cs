using System.Globalization;

namespace FhirAspire.Fhir.Spool;

/// <summary>A finished folder of the spool.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Key"><c>{yyyy-MM-dd}/{HHmmssfff}_{id}</c>: its place in the spool and, after the prefix, in the bucket.</param>
/// <param name="CreatedAt">The instant in its name, UTC.</param>
public sealed record SpoolFolder(string Path, string Key, DateTimeOffset CreatedAt)
{
    /// <summary>Marks an uploaded folder.</summary>
    public const string UploadedMarker = ".uploaded";

    internal const string TraceFile = ".traceparent";

    private const string Format = "yyyy-MM-dd/HHmmssfff";

    /// <summary>Whether its marker says that it has been uploaded.</summary>
    public bool IsUploaded => File.Exists(System.IO.Path.Combine(Path, UploadedMarker));

    /// <summary>The W3C trace context under which it was written; null where it was not traced.</summary>
    public string? Trace
    {
        get
        {
            var file = System.IO.Path.Combine(Path, TraceFile);
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
    }

    /// <summary>Its files, by name; the marker is none of them.</summary>
    public IEnumerable<FileInfo> Files() => new DirectoryInfo(Path).EnumerateFiles()
        .Where(file => !file.Name.StartsWith('.'))
        .OrderBy(file => file.Name, StringComparer.Ordinal);

    /// <summary>The key of a folder that begins at an instant.</summary>
    public static string KeyOf(DateTimeOffset instant, string id) =>
        $"{instant.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture)}_{id}";

    /// <summary>Reads a folder's name; null where it is not of the spool's form.</summary>
    public static SpoolFolder? TryParse(DirectoryInfo day, DirectoryInfo folder)
    {
        ArgumentNullException.ThrowIfNull(day);
        ArgumentNullException.ThrowIfNull(folder);
        var separator = folder.Name.IndexOf('_', StringComparison.Ordinal);
        return separator > 0 && DateTimeOffset.TryParseExact($"{day.Name}/{folder.Name[..separator]}", Format, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant)
            ? new SpoolFolder(folder.FullName, $"{day.Name}/{folder.Name}", instant)
            : null;
    }
}
