using System.Collections.Concurrent;
using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Runtime;
using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja;

/// <summary>
/// Settings, filters, tests and globals, and the cache of compiled templates. Immutable and thread-safe: make one and keep it.
/// The sandbox is always on; lists and dicts may be changed by templates (Jinja2's <c>SandboxedEnvironment</c> with the extensions <c>do</c> and loop controls).
/// </summary>
public sealed class JinjaEnvironment
{
    private readonly ConcurrentDictionary<(string? Name, string Source), Template> _templates = new();
    private readonly ConcurrentDictionary<string, Template> _loaded = new(StringComparer.Ordinal);

    /// <summary>Makes an environment.</summary>
    /// <exception cref="ArgumentException">A global is no value that templates can use.</exception>
    public JinjaEnvironment(JinjaOptions? options = null)
    {
        Options = options ?? new JinjaOptions();
        Filters = new Dictionary<string, FilterEntry>(BuiltinFilters.Table, StringComparer.Ordinal);
        Tests = new Dictionary<string, FilterEntry>(BuiltinTests.Table, StringComparer.Ordinal);
        if (Options.DbtExtensions)
        {
            foreach (var (name, entry) in DbtFilters.For(Options.Native))
            {
                Filters[name] = entry;
            }
        }

        foreach (var (name, function) in Options.Filters)
        {
            Filters[name] = FilterEntry.Host(name, function);
        }

        foreach (var (name, function) in Options.Tests)
        {
            Tests[name] = FilterEntry.Host(name, function);
        }

        var globals = new Dictionary<string, object?>(BuiltinGlobals.Table, StringComparer.Ordinal);
        foreach (var (name, value) in Options.Globals)
        {
            globals[name] = JinjaValue.From(value);
        }

        Globals = new VariableScope(null, globals, host: false);
    }

    /// <summary>The settings.</summary>
    public JinjaOptions Options { get; }

    internal Dictionary<string, FilterEntry> Filters { get; }

    internal Dictionary<string, FilterEntry> Tests { get; }

    internal VariableScope Globals { get; }

    /// <summary>Whether there is a filter of a name.</summary>
    public bool HasFilter(string name) => Filters.ContainsKey(name);

    /// <summary>Whether there is a test of a name.</summary>
    public bool HasTest(string name) => Tests.ContainsKey(name);

    /// <summary>Reads a template into a tree without compiling it: nothing is checked but the syntax.</summary>
    /// <exception cref="JinjaException">A syntax error.</exception>
    public TemplateNode Parse(string source, string? name = null) => Parser.Parse(source, name, Options);

    /// <summary>Reads and compiles a template. Not cached: see <see cref="GetTemplate"/>.</summary>
    /// <exception cref="JinjaException">A syntax error; an unknown filter or test outside of conditions.</exception>
    public Template Compile(string source, string? name = null) => new(this, Parse(source, name));

    /// <summary>Compiles a tree that <see cref="Parse"/> gave.</summary>
    /// <exception cref="JinjaException">An unknown filter or test outside of conditions, and the like.</exception>
    public Template Compile(TemplateNode tree) => new(this, tree);

    /// <summary>Compiles a template once for its name and source; later calls give the same object. Thread-safe.</summary>
    /// <exception cref="JinjaException">As <see cref="Compile(string, string?)"/>.</exception>
    public Template GetTemplate(string source, string? name = null) =>
        _templates.TryGetValue((name, source), out var template) ? template : _templates.GetOrAdd((name, source), Compile(source, name));

    /// <summary>Forgets all compiled templates.</summary>
    public void ClearCache()
    {
        _templates.Clear();
        _loaded.Clear();
    }

    /// <summary>Finds a template through <see cref="JinjaOptions.Loader"/>.</summary>
    /// <exception cref="JinjaException">There is no loader, no such template, or a syntax error in it.</exception>
    public Template Load(string name)
    {
        if (Options.Loader is null)
        {
            throw Fault.Type("no loader for this environment specified");
        }

        if (_loaded.TryGetValue(name, out var known))
        {
            return known;
        }

        var source = Options.Loader(name) ?? throw Fault.NotFound(name);
        return _loaded.GetOrAdd(name, Compile(source, name));
    }

    /// <summary>An undefined value of this environment's kind.</summary>
    public JinjaUndefined MakeUndefined(string name) => new(Options.Undefined, name);

    internal JinjaUndefined UndefinedItem(object? owner, object? key) => new(Options.Undefined, null, owner, key);

    internal JinjaUndefined UndefinedHint(string hint, string? name = null) => new(Options.Undefined, hint, JinjaUndefined.NoObject, name);
}
