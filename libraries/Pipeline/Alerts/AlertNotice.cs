namespace FhirAspire.Pipeline.Alerts;

/// <summary>What a person is told: that something fails, that it still does, or that it works again.</summary>
public sealed record AlertNotice
{
    /// <summary>What it is about: <c>job:loader</c>, <c>quality:freshness</c>. One alert is open for a key at a time.</summary>
    public required string Key { get; init; }

    /// <summary>Whether it fails or works again.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>One line.</summary>
    public required string Title { get; init; }

    /// <summary>The error.</summary>
    public string Error { get; init; } = "";

    /// <summary>The error's code, where it has one; another code is another alert.</summary>
    public string? Code { get; init; }

    /// <summary>Attempts of the run.</summary>
    public int Attempts { get; init; }

    /// <summary>Since when it fails, UTC.</summary>
    public DateTime Since { get; init; }

    /// <summary>Failures since then.</summary>
    public int Failures { get; init; } = 1;

    /// <summary>The run.</summary>
    public long? RunId { get; init; }

    /// <summary>The page of the dashboard that shows it.</summary>
    public Uri? Link { get; init; }

    /// <summary>All of it as plain text.</summary>
    public string ToText() => string.Join('\n', new[]
    {
        Title.ReplaceLineEndings(" "),
        Error.Length > 0 ? $"Error: {Error}{(Code is null ? "" : $" [{Code}]")}" : null,
        Attempts > 0 ? $"Attempts: {Attempts}" : null,
        $"{(Kind == AlertKind.Recovered ? "Failed from" : "Fails since")}: {Since:yyyy-MM-dd HH:mm:ss} UTC{(Failures > 1 ? $" ({Failures} failures)" : "")}",
        RunId is { } run ? $"Run: {run}" : null,
        Link is { } link ? $"Dashboard: {link}" : null,
    }.OfType<string>());
}

/// <summary>What a notice says.</summary>
public enum AlertKind
{
    /// <summary>Something has failed for good.</summary>
    Failed,

    /// <summary>It has failed again, in another way or for long.</summary>
    StillFailing,

    /// <summary>It works again.</summary>
    Recovered,
}
