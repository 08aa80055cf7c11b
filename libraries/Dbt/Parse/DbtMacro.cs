using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>A macro, materialization or test block of a package.</summary>
internal sealed class DbtMacro
{
    public required string UniqueId { get; init; }

    public required string Name { get; init; }

    public required string PackageName { get; init; }

    public required string OriginalFilePath { get; init; }

    /// <summary>The block as it stands in the file.</summary>
    public required string MacroSql { get; init; }

    /// <summary>The line of the file at which the block begins, counted from 1.</summary>
    public int Line { get; init; } = 1;

    /// <summary>Kept apart from <see cref="MacroSql"/>: the block as a plain macro that the template engine reads.</summary>
    public required string Template { get; init; }

    public List<string> DependsOnMacros { get; set; } = [];

    public string Description { get; set; } = string.Empty;

    public DbtMap Meta { get; set; } = [];

    public DbtMap Docs { get; set; } = new() { ["show"] = true, ["node_color"] = null };

    public DbtMap Config { get; set; } = [];

    public string? PatchPath { get; set; }

    public List<DbtMap> Arguments { get; set; } = [];

    public List<string>? SupportedLanguages { get; set; }

    public string Subject => $"macro {Name} ({OriginalFilePath})";
}

/// <summary>A <c>{% docs %}</c> block.</summary>
internal sealed record DocBlock(string UniqueId, string Name, string PackageName, string Path, string OriginalFilePath, string Contents);

/// <summary>A group of models with an owner.</summary>
internal sealed class DbtGroup
{
    public required string UniqueId { get; init; }

    public required string Name { get; init; }

    public required string PackageName { get; init; }

    public required string Path { get; init; }

    public required string OriginalFilePath { get; init; }

    public required DbtMap Owner { get; init; }

    public string? Description { get; set; }

    public DbtMap Config { get; set; } = [];
}
