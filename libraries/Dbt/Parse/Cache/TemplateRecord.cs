using FhirAspire.Dbt.Compile;

namespace FhirAspire.Dbt.Parse.Cache;

/// <summary>What a node's template gave when it was rendered, and what that rests on besides the template and the project's configuration.</summary>
internal sealed class ParsedTemplate
{
    /// <summary>How many of the node's references the template made; properties add more.</summary>
    public int Refs { get; set; }

    /// <summary>As <see cref="Refs"/>, of sources.</summary>
    public int Sources { get; set; }

    /// <summary>The macros that the template itself calls.</summary>
    public List<string> Macros { get; set; } = [];

    /// <summary>All macros of projects that ran, those that macros call included.</summary>
    public List<string> Ran { get; set; } = [];

    /// <summary>Names that were looked for, found or not: a macro of such a name that is new, or gone, changes what they mean.</summary>
    public List<string> Names { get; set; } = [];

    /// <summary>Whether the template must be rendered each time: it gave warnings, or looked at other nodes.</summary>
    public bool IsVolatile { get; set; }

    /// <summary>Writes it, or reads it back.</summary>
    public static ParsedTemplate Pass(Archive archive, ParsedTemplate? given)
    {
        var template = given ?? new ParsedTemplate();
        template.Refs = archive.Number(template.Refs);
        template.Sources = archive.Number(template.Sources);
        template.Macros = archive.Texts(template.Macros);
        template.Ran = archive.Texts(template.Ran);
        template.Names = archive.Texts(template.Names);
        template.IsVolatile = archive.Flag(template.IsVolatile);
        return template;
    }
}

/// <summary>Notes what a template that is being rendered rests on.</summary>
internal sealed class TemplateRecord(DbtSession session)
{
    private readonly int warnings = session.Log.Recording?.Count ?? 0;
    private readonly HashSet<string> ran = new(StringComparer.Ordinal);
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private bool isVolatile;

    /// <summary>A name was looked for.</summary>
    public void Look(string name)
    {
        // The graph is what has been read so far.
        isVolatile |= name == "graph";
        names.Add(name);
    }

    /// <summary>A list of all macros was looked at.</summary>
    public void LookAtAll() => isVolatile = true;

    /// <summary>A macro ran.</summary>
    public void Run(DbtMacro macro)
    {
        // Those of the engine change with the engine alone.
        if (!Adapters.InternalPackages.IsInternal(macro.PackageName))
        {
            ran.Add(macro.UniqueId);
        }
    }

    /// <summary>What has been noted, once the template is rendered.</summary>
    public ParsedTemplate Take(DbtNode node, IEnumerable<DbtMacro> macros) => new()
    {
        Refs = node.Refs.Count,
        Sources = node.Sources.Count,
        Macros = [.. macros.Select(macro => macro.UniqueId)],
        Ran = [.. ran],
        Names = [.. names],
        IsVolatile = isVolatile || (session.Log.Recording?.Count ?? 0) != warnings,
    };
}
