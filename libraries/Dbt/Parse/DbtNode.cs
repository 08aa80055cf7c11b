using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>A reference of a node to another: <c>ref('package', 'name', v=1)</c>.</summary>
internal sealed record RefArgs(string Name, string? Package, string? Version)
{
    /// <summary>Whether the version was given as a text, and not as a number.</summary>
    public bool IsVersionText { get; init; }
}

/// <summary>A column of a properties file.</summary>
internal sealed class ColumnInfo
{
    public required string Name { get; init; }

    public string Description { get; set; } = string.Empty;

    public string? DataType { get; set; }

    public bool? Quote { get; set; }

    public DbtMap Meta { get; set; } = [];

    public List<string> Tags { get; set; } = [];

    public List<DbtMap> Constraints { get; set; } = [];

    public DbtMap Config { get; set; } = [];

    public string? Granularity { get; set; }

    public List<string> DocBlocks { get; } = [];

    /// <summary>Keys that dbt does not know and keeps.</summary>
    public DbtMap Extra { get; set; } = [];
}

/// <summary>The generic test that a test node came from.</summary>
internal sealed record TestMetadata(string Name, string? Namespace, DbtMap Kwargs);

/// <summary>What a source table has besides a node.</summary>
internal sealed class SourceInfo
{
    public required string SourceName { get; init; }

    public required string Identifier { get; init; }

    public string SourceDescription { get; set; } = string.Empty;

    public DbtMap SourceMeta { get; set; } = [];

    public string Loader { get; set; } = string.Empty;

    /// <summary>The database as it stands in the file, before it is rendered.</summary>
    public string? UnrenderedDatabase { get; set; }

    /// <summary>The schema as it stands in the file, before it is rendered.</summary>
    public string? UnrenderedSchema { get; set; }

    public string? LoadedAtField { get; set; }

    public string? LoadedAtQuery { get; set; }

    public DbtMap? Freshness { get; set; }

    public DbtMap Quoting { get; set; } = [];

    public DbtMap? External { get; set; }
}

/// <summary>What an exposure has besides a node.</summary>
internal sealed class ExposureInfo
{
    public required string Type { get; init; }

    public required DbtMap Owner { get; init; }

    public string? Label { get; set; }

    public string? Maturity { get; set; }

    public string? Url { get; set; }
}

/// <summary>What a unit test has besides a node.</summary>
internal sealed class UnitTestInfo
{
    public required string Model { get; init; }

    public List<DbtMap> Given { get; set; } = [];

    public DbtMap Expect { get; set; } = [];

    public DbtMap? Overrides { get; set; }

    public DbtMap? Versions { get; set; }

    public string? TestedNodeUniqueId { get; set; }
}

/// <summary>An ephemeral model's query that stands before a node's own.</summary>
internal sealed record InjectedCte(string Id, string? Sql);

/// <summary>A node of the graph: model, test, seed, snapshot, source, exposure, unit test, analysis, hook.</summary>
internal sealed class DbtNode
{
    public required DbtResourceType ResourceType { get; init; }

    public required string UniqueId { get; set; }

    public required string Name { get; set; }

    public required string PackageName { get; init; }

    /// <summary>Relative to the resource folder of its package.</summary>
    public required string Path { get; init; }

    /// <summary>Relative to its package.</summary>
    public required string OriginalFilePath { get; init; }

    public required List<string> Fqn { get; set; }

    public string Alias { get; set; } = string.Empty;

    public string? Schema { get; set; }

    public string? Database { get; set; }

    public string RawCode { get; set; } = string.Empty;

    public string Language { get; set; } = "sql";

    public string ChecksumName { get; set; } = "sha256";

    public string Checksum { get; set; } = string.Empty;

    public DbtMap Config { get; set; } = [];

    public DbtMap UnrenderedConfig { get; set; } = [];

    /// <summary>What <c>config()</c> was called with in the file.</summary>
    public DbtMap ConfigCall { get; set; } = [];

    public List<string> Tags { get; set; } = [];

    public DbtMap Meta { get; set; } = [];

    public string? Group { get; set; }

    public string? Access { get; set; }

    public string Description { get; set; } = string.Empty;

    public OrderedDictionary<string, ColumnInfo> Columns { get; set; } = [];

    public DbtMap Docs { get; set; } = [];

    public string? PatchPath { get; set; }

    public List<RefArgs> Refs { get; set; } = [];

    public List<(string Source, string Table)> Sources { get; set; } = [];

    public List<string> DependsOnNodes { get; set; } = [];

    public List<string> DependsOnMacros { get; set; } = [];

    /// <summary>The macros that the node's own file calls, without those that properties add.</summary>
    public List<string> OwnMacros { get; set; } = [];

    /// <summary>What the template gave, for a later parse; null where none was rendered.</summary>
    public Cache.ParsedTemplate? Template { get; set; }

    public string? RelationName { get; set; }

    public DbtMap Contract { get; set; } = [];

    public string? ContractChecksum { get; set; }

    /// <summary>The version as YAML has it: an integer, a float or a text.</summary>
    public object? Version { get; set; }

    public object? LatestVersion { get; set; }

    public List<DbtMap> Constraints { get; set; } = [];

    public object? DeprecationDate { get; set; }

    public DbtMap? TimeSpine { get; set; }

    public List<string> PrimaryKey { get; set; } = [];

    public TestMetadata? Test { get; set; }

    public string? ColumnName { get; set; }

    public string? AttachedNode { get; set; }

    public string? FileKeyName { get; set; }

    public SourceInfo? Source { get; set; }

    public ExposureInfo? Exposure { get; set; }

    public UnitTestInfo? UnitTest { get; set; }

    /// <summary>What a semantic model, metric or saved query has besides a node, as the manifest shows it.</summary>
    public DbtMap? Semantic { get; set; }

    /// <summary>The metrics that an exposure names.</summary>
    public List<string> MetricNames { get; set; } = [];

    /// <summary>The place of a hook in its list.</summary>
    public int? Index { get; set; }

    /// <summary>Where the seed's file is, for the loader.</summary>
    public string? RootPath { get; set; }

    public List<string> DocBlocks { get; set; } = [];

    public DbtMap? UnrenderedDatabase { get; set; }

    public double CreatedAt { get; set; }

    /// <summary>The line of the properties file or template that the node begins at; 0 where it is the whole file.</summary>
    public int Line { get; set; }

    /// <summary>How many lines of the file stand above <see cref="RawCode"/>.</summary>
    public int LineOffset { get; set; }

    /// <summary>The macros that the hooks, the query and the test call, in the order of their first call.</summary>
    public DbtNode? DeferRelation { get; set; }

    // What the last compilation gave.
    public bool IsCompiled { get; set; }

    public string? CompiledCode { get; set; }

    public string? PreInjectedSql { get; set; }

    public string? CompiledPath { get; set; }

    public string? BuildPath { get; set; }

    public bool ExtraCtesInjected { get; set; }

    public List<InjectedCte> ExtraCtes { get; set; } = [];

    /// <summary>The batch of a microbatch model that is running.</summary>
    public DbtMap? Batch { get; set; }

    public string Materialized => Config.GetString("materialized") ?? string.Empty;

    public bool IsEnabled => Config.GetBool("enabled", true);

    public bool IsEphemeral => ResourceType == DbtResourceType.Model && Materialized == "ephemeral";

    public bool IsVersioned => ResourceType == DbtResourceType.Model && Version is not null;

    public bool IsLatestVersion => IsVersioned && Val.Str(Version) == Val.Str(LatestVersion);

    public string FileId => $"{PackageName}://{OriginalFilePath}";

    /// <summary>The name under which the database knows it.</summary>
    /// <summary>For a source that a unit test replaces: the name that its rows get, since sources may share a table name.</summary>
    public string? SourceCteName { get; init; }

    /// <summary>The name of the node as a common table expression, without the prefix.</summary>
    public string CteName => SourceCteName ?? Identifier;

    public string Identifier => Source?.Identifier ?? Alias;

    /// <summary>Whether the node is a table or view of its own in the database.</summary>
    public bool IsRelational => ResourceType switch
    {
        DbtResourceType.Model or DbtResourceType.Seed or DbtResourceType.Snapshot or DbtResourceType.Source => true,
        DbtResourceType.Test => Config.GetBool("store_failures"),
        _ => false,
    };

    /// <summary>The name for lists: <c>orders</c>, <c>orders.v2</c>, <c>source:raw.t</c>.</summary>
    public string SearchName => Version is null ? Name : $"{Name}.v{Val.Str(Version)}";

    /// <summary>How dbt names the node in a message: <c>model orders (models/orders.sql)</c>.</summary>
    public string Subject => $"{ResourceType.Name()} {Name} ({OriginalFilePath})";
}
