using System.Runtime.CompilerServices;
using FhirAspire.Jinja.Compile;
using FhirAspire.Jinja.Runtime;
using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja;

/// <summary>A compiled template. Immutable and thread-safe: any number of renders may run at once.</summary>
public sealed class Template
{
    private static readonly Dictionary<string, object?> NoVariables = new(StringComparer.Ordinal);

    internal Template(JinjaEnvironment environment, TemplateNode tree)
    {
        Environment = environment;
        Tree = tree;
        Code = Compiler.Compile(this);
    }

    /// <summary>The environment that compiled it.</summary>
    public JinjaEnvironment Environment { get; }

    /// <summary>The name given at compiling, if any.</summary>
    public string? Name => Tree.Name;

    /// <summary>The tree.</summary>
    public TemplateNode Tree { get; }

    internal TemplateCode Code { get; }

    /// <summary>Renders to text.</summary>
    /// <param name="variables">The variables; ordinary .NET values are converted by <see cref="JinjaValue.From"/>.</param>
    /// <param name="session">Limits and cancellation; a new session without.</param>
    /// <exception cref="JinjaException">The template fails.</exception>
    /// <exception cref="OperationCanceledException">The session was cancelled.</exception>
    public string Render(IReadOnlyDictionary<string, object?>? variables = null, JinjaSession? session = null) =>
        Repr.Str(RenderNative(variables, session));

    /// <summary>Renders to text and can be cancelled.</summary>
    /// <exception cref="JinjaException">The template fails.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public string Render(IReadOnlyDictionary<string, object?>? variables, CancellationToken cancellation) =>
        Render(variables, new JinjaSession(Environment, cancellation));

    /// <summary>
    /// Renders to a value. With <see cref="JinjaOptions.Native"/> one piece of output that is not text of the template keeps its value and type;
    /// otherwise the value is the text.
    /// </summary>
    /// <exception cref="JinjaException">The template fails.</exception>
    public object? RenderNative(IReadOnlyDictionary<string, object?>? variables = null, JinjaSession? session = null)
    {
        session ??= new JinjaSession(Environment);
        return Run(NewContext(variables, session));
    }

    /// <summary>Runs the template for what it defines: its macros become callables.</summary>
    /// <exception cref="JinjaException">The template fails.</exception>
    public JinjaModule MakeModule(IReadOnlyDictionary<string, object?>? variables = null, JinjaSession? session = null)
    {
        var context = NewContext(variables, session ?? new JinjaSession(Environment));
        return new JinjaModule(context, Run(context));
    }

    internal JinjaContext NewContext(IReadOnlyDictionary<string, object?>? variables, JinjaSession session) =>
        new(this, session, variables is null or { Count: 0 } ? Environment.Globals : new VariableScope(Environment.Globals, variables ?? NoVariables, host: true));

    internal JinjaModule MakeModule(VariableScope scope, JinjaSession session)
    {
        var context = new JinjaContext(this, session, scope);
        return new JinjaModule(context, Run(context));
    }

    internal object? Run(JinjaContext context)
    {
        Ops.SizeLimit = Environment.Options.SizeLimit;
        var output = Output.For(Environment);
        Run(context, output);
        return output.Result(context);
    }

    internal void Run(JinjaContext context, Output output)
    {
        context.Blocks ??= Code.NewBlocks();
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            BigStack.Run(() => Code.Run(context, output));
            return;
        }

        Code.Run(context, output);
    }
}
