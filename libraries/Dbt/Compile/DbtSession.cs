using System.Collections.Concurrent;
using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Commands;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Compile;

/// <summary>What everything in one run of the engine shares.</summary>
internal sealed class DbtSession
{
    public const string Version = "1.11.16";

    private SampleWindow? sample;

    public required DbtInvocation Invocation { get; init; }

    public required DbtProject Root { get; init; }

    /// <summary>Every project by name: the root, its packages, dbt's own.</summary>
    public required IReadOnlyDictionary<string, DbtProject> Projects { get; init; }

    public required DbtProfile Profile { get; init; }

    public required IDbtAdapter Adapter { get; init; }

    public required IReadOnlyDictionary<string, string> EnvironmentVariables { get; init; }

    public required TemplateEngine Templates { get; init; }

    public required EventLog Log { get; init; }

    public required string TargetFolder { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>What <c>--sample</c> reads; null without it.</summary>
    public SampleWindow? Sample => sample ??= Options.Sample is { } given ? SampleWindow.Read(given, StartedAt.UtcDateTime) : null;

    public string InvocationId => Invocation.RunId;

    public DbtOptions Options => Invocation.Options;

    public Manifest Manifest { get; set; } = null!;

    public MacroIndex Macros { get; set; } = null!;

    /// <summary>What an earlier parse knew, while the project is parsed after a change.</summary>
    public Parse.Cache.ParseMemory? Memory { get; set; }

    /// <summary>The ids that the command's selection means.</summary>
    public HashSet<string> Selected { get; set; } = new(StringComparer.Ordinal);

    public RelationCache Relations { get; } = new();

    /// <summary>Opens connections; null before the command needs the database.</summary>
    public ConnectionSource? Connections { get; set; }

    /// <summary>What templates have put into <c>graph</c>.</summary>
    public FhirAspire.Jinja.JinjaDict GraphEntries { get; } = new();

    /// <summary>Messages that are given once a run.</summary>
    public ConcurrentDictionary<string, bool> Said { get; } = new(StringComparer.Ordinal);

    /// <summary>Environment variables that templates have read while the project was parsed, for partial parsing.</summary>
    public ConcurrentDictionary<string, string?> EnvironmentRead { get; } = new(StringComparer.Ordinal);

    /// <summary>Whether files are being parsed.</summary>
    public bool IsParsing { get; set; }

    /// <summary>Whether a template looked at the command line while the project was parsed.</summary>
    public bool OptionsRead { get; set; }

    /// <summary>How many files this run has parsed; 0 when the stored manifest still counts.</summary>
    public int ParsedFiles { get; set; }

    /// <summary>The variables of a package, the command line's over all.</summary>
    public DbtMap VariablesOf(string package) => variables.GetOrAdd(package, Merge);

    private readonly ConcurrentDictionary<string, DbtMap> variables = new(StringComparer.Ordinal);

    private DbtMap Merge(string package)
    {
        var merged = new DbtMap();
        void Add(DbtProject project)
        {
            merged.Update(project.Vars);
            if (project.Vars.Get(package) is DbtMap own)
            {
                merged.Update(own);
            }
        }

        if (package != Root.Name && Projects.TryGetValue(package, out var packageProject))
        {
            Add(packageProject);
        }

        Add(Root);
        merged.Update(Options.Vars);
        return merged;
    }
}
