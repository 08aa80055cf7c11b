using System.Collections.Concurrent;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>Renders nodes, macros and the texts of YAML files.</summary>
internal sealed class TemplateEngine
{
    private const string MacroPrefix = "dbt_macro__";

    // Node templates while parsing: what is not defined is taken as it comes. Macros, and nodes at run time: it is an error.
    private readonly JinjaEnvironment parsing;
    private readonly JinjaEnvironment running;
    private readonly JinjaEnvironment native;
    private readonly ConcurrentDictionary<DbtMacro, Template> macros = new();
    private readonly CancellationToken cancellation;

    public TemplateEngine(TimeProvider time, JinjaDict target, CancellationToken cancellation)
    {
        this.cancellation = cancellation;
        Target = target;
        Modules = FhirAspire.Jinja.Modules.JinjaModules.Make(time);
        parsing = new JinjaEnvironment(new JinjaOptions { DbtExtensions = true, Undefined = UndefinedKind.DbtParse, TimeProvider = time, PassesThrough = IsOwn });
        running = new JinjaEnvironment(new JinjaOptions { DbtExtensions = true, TimeProvider = time, PassesThrough = IsOwn });
        native = new JinjaEnvironment(new JinjaOptions { DbtExtensions = true, Native = true, TimeProvider = time, PassesThrough = IsOwn });
    }

    /// <summary>The variable <c>target</c>.</summary>
    public JinjaDict Target { get; }

    public JinjaEnvironment Running => running;

    /// <summary>The variable <c>modules</c>: parts of Python's library.</summary>
    public JinjaDict Modules { get; }

    private readonly ConcurrentDictionary<(Manifest Manifest, string What), JinjaDict> graphs = new();

    /// <summary>Nodes as dicts, made once for a manifest.</summary>
    public JinjaDict Graph(DbtSession session, string what, Func<Manifest, IEnumerable<DbtNode>> nodes) =>
        graphs.GetOrAdd((session.Manifest, what), key => new JinjaDict(nodes(key.Manifest).Select(node => KeyValuePair.Create(node.UniqueId, Host.ToTemplate(Artifacts.NodeWriter.ForGraph(node))))));

    /// <summary>Renders text with the variables of a node.</summary>
    public string Render(string source, string file, NodeScope scope)
    {
        if (!HasTemplate(source))
        {
            return source;
        }

        var environment = scope.Mode == ScopeMode.Parse ? parsing : running;
        return Guard(() => environment.GetTemplate(source, file).Render(scope, new JinjaSession(environment, cancellation)), file, scope);
    }

    /// <summary>Renders text that sees no variables, such as a block of documentation.</summary>
    public string RenderBare(string source, string file) =>
        Guard(() => parsing.GetTemplate(source, file).Render(new Dictionary<string, object?>(StringComparer.Ordinal), new JinjaSession(parsing, cancellation)), file, null);

    /// <summary>The value of a text: itself without a template, otherwise what it renders to, typed.</summary>
    public object? RenderNative(string source, string file, IReadOnlyDictionary<string, object?> variables)
    {
        if (!HasTemplate(source))
        {
            return source;
        }

        return Host.FromTemplate(RenderNativeTemplate(source, file, variables));
    }

    /// <summary>As <see cref="RenderNative"/>; the result stays a value of templates.</summary>
    public object? RenderNativeTemplate(string source, string file, IReadOnlyDictionary<string, object?> variables) =>
        HasTemplate(source)
            ? Guard(() => native.GetTemplate(source, file).RenderNative(variables, new JinjaSession(native, cancellation)), file, variables as NodeScope)
            : source;

    /// <summary>Runs a macro for a call of a template, with the variables of a node.</summary>
    public object? CallMacro(DbtMacro macro, NodeScope scope, JinjaCall call) =>
        Guard(
            () =>
            {
                var template = macros.GetOrAdd(macro, Compile);
                return new StandaloneMacro(template, MacroPrefix + macro.Name, _ => scope).Call(call);
            },
            macro.OriginalFilePath,
            scope);

    /// <summary>Calls a macro from outside of a template.</summary>
    public object? Start(MacroCallable macro, object?[] positional, params KeyValuePair<string, object?>[] keywords)
    {
        object? result = null;
        var entry = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["entry"] = Host.Function("entry", call => result = macro.Call(new JinjaCall(call.Context, positional, keywords, call.Line))),
        };
        Guard(() => running.GetTemplate("{% do entry() %}", "entry").Render(entry, new JinjaSession(running, cancellation)), macro.Macro.OriginalFilePath, null);
        return result;
    }

    /// <summary>Checks the syntax of a macro.</summary>
    public void Check(DbtMacro macro) => Guard(() => macros.GetOrAdd(macro, Compile), macro.OriginalFilePath, null);

    public static bool HasTemplate(string source) =>
        source.Contains("{{", StringComparison.Ordinal) || source.Contains("{%", StringComparison.Ordinal) || source.Contains("{#", StringComparison.Ordinal);

    // Blank lines before the block keep the numbers of its lines.
    private Template Compile(DbtMacro macro) => running.Compile(new string('\n', macro.Line - 1) + macro.Template, macro.OriginalFilePath);

    private static bool IsOwn(Exception exception) => exception is DbtException;

    private static T Guard<T>(Func<T> body, string file, NodeScope? scope)
    {
        try
        {
            return body();
        }
        catch (JinjaException exception)
        {
            throw TemplateErrors.Translate(exception, file, scope);
        }
    }
}
