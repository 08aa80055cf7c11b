using Spectre.Console;

namespace FhirAspire.AppHost.Commands;

/// <summary>What <c>once</c> did.</summary>
internal sealed record OnceReport
{
    public bool Succeeded { get; set; }

    public double Seconds { get; set; }

    public long Patients { get; set; }

    public List<StageReport> Stages { get; } = [];

    /// <summary>Rows of each table, <c>schema.table</c>.</summary>
    public SortedDictionary<string, long> Rows { get; } = new(StringComparer.Ordinal);

    /// <summary>Tests by status.</summary>
    public SortedDictionary<string, long> Tests { get; } = new(StringComparer.Ordinal);

    /// <summary>Files, or lines of files, that could not be loaded.</summary>
    public long Quarantined { get; set; }

    public List<string> Errors { get; } = [];

    public void Write(IAnsiConsole console)
    {
        var stages = new Table().Border(TableBorder.Rounded).AddColumn("Stage");
        foreach (var name in new[] { "Files", "MB", "Resources", "Rows", "Seconds", "MB/s" })
        {
            stages.AddColumn(new TableColumn(name).RightAligned());
        }

        foreach (var stage in Stages)
        {
            stages.AddRow(stage.Name, Count(stage.Files), stage.Bytes is { } bytes ? $"{bytes / 1e6:N1}" : "", Count(stage.Resources), Count(stage.Rows), $"{stage.Seconds:N2}",
                stage.MegabytesPerSecond is { } rate ? $"{rate:N1}" : "");
        }

        console.Write(stages);
        var rows = new Table().Border(TableBorder.Rounded).AddColumn("Table").AddColumn(new TableColumn("Rows").RightAligned());
        foreach (var (table, count) in Rows)
        {
            rows.AddRow(Markup.Escape(table), $"{count:N0}");
        }

        console.Write(rows);
        console.WriteLine($"Tests: {(Tests.Count == 0 ? "none ran" : string.Join(", ", Tests.Select(test => $"{test.Value} {test.Key}")))}");
        if (Quarantined > 0)
        {
            console.WriteLine($"{Quarantined} could not be loaded and wait in quarantine: see 'errors list'.");
        }

        foreach (var error in Errors)
        {
            console.WriteLine($"Failed: {error}");
        }

        console.WriteLine($"{(Succeeded ? "Done" : "Failed")}: {Patients:N0} patients in {Seconds:N1} s.");
    }

    private static string Count(long? count) => count is { } value ? $"{value:N0}" : "";
}

/// <summary>What a stage of <c>once</c> did. Null where the stage has no such number.</summary>
internal sealed record StageReport(string Name, double Seconds)
{
    public string? Status { get; init; }

    public long? Files { get; init; }

    public long? Bytes { get; init; }

    public long? Resources { get; init; }

    public long? Rows { get; init; }

    /// <summary>Bytes of the input, a million to the megabyte, by the stage's seconds.</summary>
    public double? MegabytesPerSecond => Bytes is { } bytes && Seconds > 0 ? bytes / 1e6 / Seconds : null;
}
