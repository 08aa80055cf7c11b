namespace FhirAspire.Dbt.Parse.Cache;

/// <summary>A file as it was when it was parsed.</summary>
/// <param name="Key">Package, path and kind.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="Modified">Time of the last change, in ticks.</param>
/// <param name="Hash">SHA-256 of the bytes; empty for seeds that are too large for their contents to count.</param>
internal sealed record FileState(string Key, long Length, long Modified, string Hash);

/// <summary>A warning that parsing gave; it is given again when parsing is left out.</summary>
internal sealed record ParseWarning(string Name, string Message, string? File, int? Line);

/// <summary>What the stored manifest was made from, to tell whether it still counts.</summary>
internal sealed class CacheHeader
{
    private const int Format = 1;

    /// <summary>Hash of everything but files: engine, profile, variables, <c>dbt_project.yml</c> of all packages.</summary>
    public string Surroundings { get; set; } = string.Empty;

    public List<FileState> Files { get; set; } = [];

    /// <summary>Environment variables that templates read, with a hash of the value, or null where there was none.</summary>
    public List<(string Name, string? Hash)> Environment { get; set; } = [];

    /// <summary>Hash of the command line, where a template looked at it; else empty.</summary>
    public string Options { get; set; } = string.Empty;

    public List<ParseWarning> Warnings { get; set; } = [];

    /// <summary>Writes or reads the header.</summary>
    /// <exception cref="InvalidDataException">The file is of another format.</exception>
    public void Pass(Archive archive)
    {
        if (archive.Number(Format) != Format || archive.Text("dbt manifest") != "dbt manifest")
        {
            throw new InvalidDataException("another format");
        }

        Surroundings = archive.Text(Surroundings);
        Options = archive.Text(Options);
        Files = archive.List(Files, file => new FileState(archive.Text(file?.Key!), archive.Long(file?.Length ?? 0), archive.Long(file?.Modified ?? 0), archive.Text(file?.Hash!)));
        Environment = archive.List(Environment, item => (archive.Text(item.Name), archive.TextOrNull(item.Hash)));
        Warnings = archive.List(Warnings, item => new ParseWarning(archive.Text(item?.Name!), archive.Text(item?.Message!), archive.TextOrNull(item?.File), archive.Flag(item?.Line is not null) ? archive.Number(item?.Line ?? 0) : null));
    }
}
