namespace FhirAspire.Jinja;

/// <summary>Finds the source of a template by name; null when there is none.</summary>
/// <param name="name">The name in the <c>include</c>, <c>import</c> or <c>extends</c> tag.</param>
public delegate string? TemplateLoader(string name);

/// <summary>The settings of a <see cref="JinjaEnvironment"/>. They are read when the environment is made.</summary>
public sealed record JinjaOptions
{
    /// <summary>Drop the first line end behind a tag. Default: false.</summary>
    public bool TrimBlocks { get; init; }

    /// <summary>Drop blanks from the start of a line to a tag. Default: false.</summary>
    public bool LstripBlocks { get; init; }

    /// <summary>Keep the one line end at the end of a template. Default: false.</summary>
    public bool KeepTrailingNewline { get; init; }

    /// <summary>What line ends of the template become in the output: LF, CR LF or CR. Default: LF.</summary>
    public string NewlineSequence { get; init; } = "\n";

    /// <summary>What undefined values allow.</summary>
    public UndefinedKind Undefined { get; init; }

    /// <summary>dbt's dialect: the tags <c>materialization</c>, <c>docs</c> and <c>test</c>, typed macro parameters, internal names of macros, the filters <c>as_text</c>, <c>as_native</c>, <c>as_number</c>, <c>as_bool</c> and <c>is_list</c>.</summary>
    public bool DbtExtensions { get; init; }

    /// <summary>Rendering gives values instead of text: see <see cref="Template.RenderNative"/>. The <c>as_</c> filters work only then.</summary>
    public bool Native { get; init; }

    /// <summary>Escape output for HTML unless a template says otherwise. Default: false.</summary>
    public bool Autoescape { get; init; }

    /// <summary>How many rounds of loops and calls one render may make; 0 is no limit. Default: 20 million.</summary>
    public long StepLimit { get; init; } = 20_000_000;

    /// <summary>How deep macros, includes, blocks and recursive loops may call each other. Default: 400.</summary>
    public int RecursionLimit { get; init; } = 400;

    /// <summary>The longest text or list that one operation may make, in characters or items. Default: 50 million.</summary>
    public int SizeLimit { get; init; } = 50_000_000;

    /// <summary>Finds templates for <c>include</c>, <c>import</c> and <c>extends</c>; without one these tags fail.</summary>
    public TemplateLoader? Loader { get; init; }

    /// <summary>The clock behind <c>modules.datetime.datetime.now()</c>.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The seed of the filter <c>random</c>.</summary>
    public int RandomSeed { get; init; }

    /// <summary>
    /// Exceptions of host functions that leave the template as they are. Others become a <see cref="JinjaException"/> with the place of the call.
    /// An exception that passes through many nested calls should be among them: to wrap it at each of them costs stack.
    /// </summary>
    public Func<Exception, bool>? PassesThrough { get; init; }

    /// <summary>Further filters by name; the value is the first positional argument of the call.</summary>
    public IReadOnlyDictionary<string, JinjaCallable> Filters { get; init; } = new Dictionary<string, JinjaCallable>(StringComparer.Ordinal);

    /// <summary>Further tests by name; the value is the first positional argument of the call.</summary>
    public IReadOnlyDictionary<string, JinjaCallable> Tests { get; init; } = new Dictionary<string, JinjaCallable>(StringComparer.Ordinal);

    /// <summary>Further global variables, visible in every template.</summary>
    public IReadOnlyDictionary<string, object?> Globals { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);
}
