using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>What a file of a project is read for.</summary>
internal enum FileKind
{
    Macro,
    GenericTest,
    Model,
    Snapshot,
    Analysis,
    SingularTest,
    Seed,
    Documentation,
    Schema,
    Fixture,
}

/// <summary>A file of a project or package.</summary>
/// <param name="Package">Name of the package.</param>
/// <param name="Kind">What it is read for.</param>
/// <param name="FullPath">Where it is.</param>
/// <param name="SearchedPath">The resource folder it was found in, such as <c>models</c>.</param>
/// <param name="RelativePath">Its path below that folder.</param>
/// <param name="Length">Size in bytes.</param>
/// <param name="Modified">Time of the last change, in ticks.</param>
internal sealed record SourceFile(string Package, FileKind Kind, string FullPath, string SearchedPath, string RelativePath, long Length, long Modified)
{
    private string? contents;
    private bool hasMark;

    /// <summary>Path below the package's folder.</summary>
    public string OriginalFilePath => $"{SearchedPath}/{RelativePath}";

    /// <summary>The text without white space around it, as dbt keeps it.</summary>
    public string Contents
    {
        get
        {
            if (contents is null)
            {
                var text = ReadAll();
                contents = Text.Strip(text);
                LeadingLines = text.AsSpan(0, contents.Length == 0 ? 0 : text.IndexOf(contents[0], StringComparison.Ordinal)).Count('\n');
            }

            return contents;
        }
    }

    /// <summary>The SHA-256 of the contents, for which the mark of the byte order counts.</summary>
    public string Checksum => Contents is var text && hasMark ? Text.Sha256('\uFEFF' + text) : Text.Sha256(text);

    /// <summary>How many lines of the file stand above <see cref="Contents"/>; known once that was asked for.</summary>
    public int LeadingLines { get; private set; }

    /// <summary>The contents with empty lines above, so that positions in it are positions of the file.</summary>
    public string Positioned => Contents is var text && LeadingLines == 0 ? text : new string('\n', LeadingLines) + text;

    public string Name => Path.GetFileNameWithoutExtension(RelativePath);

    /// <summary>Identity for partial parsing.</summary>
    public string Key => $"{Package}://{OriginalFilePath}#{Kind}";

    private string ReadAll()
    {
        const long largest = 256L * 1024 * 1024;
        if (Length > largest)
        {
            throw new DbtException("DBT1104", DbtErrorKind.Parsing, $"The file {OriginalFilePath} is too large to be parsed")
            {
                File = OriginalFilePath, Found = $"{Length} bytes", Expected = $"at most {largest} bytes", Hint = "load large data by a source instead",
            };
        }

        try
        {
            var bytes = File.ReadAllBytes(FullPath);
            hasMark = bytes.AsSpan().StartsWith("\uFEFF"u8);
            using var reader = new StreamReader(new MemoryStream(bytes));
            return reader.ReadToEnd();
        }
        catch (IOException exception)
        {
            throw new DbtException("DBT1105", DbtErrorKind.Runtime, $"The file {OriginalFilePath} cannot be read: {exception.Message}", exception) { File = OriginalFilePath };
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DbtException("DBT1105", DbtErrorKind.Runtime, $"The file {OriginalFilePath} cannot be read: {exception.Message}", exception) { File = OriginalFilePath };
        }
    }
}
