using System.Diagnostics.CodeAnalysis;
using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Parse;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>What a template may see: while the project is parsed, or while it runs.</summary>
internal enum ScopeMode
{
    /// <summary>References and configuration are collected, nothing is asked of the database.</summary>
    Parse,

    /// <summary>A node is compiled or run.</summary>
    Run,

    /// <summary>A name of a node is generated: as while parsing, and variables must be there.</summary>
    Names,
}

/// <summary>
/// The variables of one node's templates. A macro of a project hides dbt's own function of the same name, which stays
/// reachable as <c>builtins.name</c>. Values are made when a template asks for them.
/// </summary>
internal sealed class NodeScope : IReadOnlyDictionary<string, object?>
{
    private readonly Dictionary<string, object?> made = new(StringComparer.Ordinal);

    public NodeScope(DbtSession session, ScopeMode mode, DbtNode? node, string package)
    {
        Session = session;
        Mode = mode;
        Node = node;
        Package = package;
        Functions = new ScopeFunctions(this);
    }

    public DbtSession Session { get; }

    public ScopeMode Mode { get; }

    /// <summary>The node that is rendered; null for operations.</summary>
    public DbtNode? Node { get; }

    /// <summary>The macro that is run as an operation, or that generates a name.</summary>
    public DbtMacro? Operation { get; init; }

    /// <summary>The package whose macros a bare name means first.</summary>
    public string Package { get; }

    public ScopeFunctions Functions { get; }

    /// <summary>What <c>config()</c> collects while parsing.</summary>
    public Values.DbtMap? ConfigCalls { get; init; }

    /// <summary>Called with every macro that the node itself calls.</summary>
    public Action<DbtMacro>? OnMacro { get; init; }

    /// <summary>Notes what the template rests on, while the project is parsed.</summary>
    public Parse.Cache.TemplateRecord? Record { get; init; }

    /// <summary>The connection of the node that runs.</summary>
    public Connection? Connection { get; init; }

    /// <summary>Values that a task adds or replaces: <c>results</c>, <c>schemas</c>, replaced macros of a unit test.</summary>
    public IReadOnlyDictionary<string, object?>? Extra { get; init; }

    /// <summary>Results of statements by name.</summary>
    public Dictionary<string, object?> StatementResults { get; } = new(StringComparer.Ordinal);

    /// <summary>The macros that are running, outermost first.</summary>
    public List<DbtMacro> MacroStack { get; } = [];

    /// <summary>Variables whose templates are being rendered, to find those that read themselves.</summary>
    public HashSet<string> VariablesInRendering { get; } = new(StringComparer.Ordinal);

    /// <summary>Environment variables that a unit test replaces.</summary>
    public Values.DbtMap? EnvironmentOverrides { get; init; }

    /// <summary>Variables that a unit test replaces.</summary>
    public Values.DbtMap? VariableOverrides { get; init; }

    /// <summary>The unit test whose inputs stand for references.</summary>
    public UnitTestInputs? UnitTest { get; init; }

    public bool IsExecuting => Mode == ScopeMode.Run;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        if (made.TryGetValue(key, out value))
        {
            return value is not Missing;
        }

        Record?.Look(key);
        var found = Make(key, out value);
        made[key] = found ? value : Missing.Instance;
        return found;
    }

    /// <summary>A macro as templates call it.</summary>
    public MacroCallable Callable(DbtMacro macro) => new(this, macro);

    public void Forget(string key) => made.Remove(key);

    /// <summary>Gives a variable another value, as <c>context.update</c> does: for the rest of this node's templates.</summary>
    public void Set(string key, object? value) => made[key] = value;

    public object? this[string key] => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);

    public IEnumerable<string> Keys => All().Distinct(StringComparer.Ordinal);

    private IEnumerable<string> All()
    {
        Record?.LookAtAll();
        return ScopeFunctions.Names.Concat(Session.Macros.Names).Concat(Session.Macros.PackageNames).Concat(Extra?.Keys ?? []);
    }

    public IEnumerable<object?> Values => Keys.Select(key => this[key]);

    // Counting would make every value; all that is asked is whether there is any.
    public int Count => 1;

    public bool ContainsKey(string key) => TryGetValue(key, out _);

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Keys.Where(ContainsKey).Select(key => KeyValuePair.Create(key, this[key])).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    private bool Make(string key, out object? value)
    {
        if (Extra is not null && Extra.TryGetValue(key, out value))
        {
            return true;
        }

        if (Session.Macros.Find(key, Package) is { } macro)
        {
            value = Callable(macro);
            return true;
        }

        if (Functions.TryMake(key, out value))
        {
            return true;
        }

        if (Session.Macros.HasPackage(key))
        {
            value = new PackageNamespace(this, key);
            return true;
        }

        value = null;
        return false;
    }

    private sealed class Missing
    {
        public static readonly Missing Instance = new();
    }
}
