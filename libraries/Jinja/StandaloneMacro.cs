using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>
/// A macro that was cut out of its file and compiled alone, as dbt does it: when it is called, it sees the variables of its host and its arguments, and nothing of the
/// template that calls it. <c>return(x)</c> ends it with the value <c>x</c>, whatever was printed; without, the result is the text.
/// </summary>
public sealed class StandaloneMacro : JinjaObject
{
    private readonly Template _template;
    private readonly string _definedName;
    private readonly Func<JinjaCall, IReadOnlyDictionary<string, object?>> _variables;

    /// <summary>Wraps a macro.</summary>
    /// <param name="template">The compiled source of the macro alone.</param>
    /// <param name="definedName">The name under which the source defines it: with dbt's extensions <c>dbt_macro__name</c>; see <see cref="Syntax.MacroNode.Name"/>.</param>
    /// <param name="variables">The variables that the macro sees; asked for at every call.</param>
    public StandaloneMacro(Template template, string definedName, Func<JinjaCall, IReadOnlyDictionary<string, object?>> variables)
    {
        _template = template;
        _definedName = definedName;
        _variables = variables;
    }

    /// <inheritdoc />
    public override string TypeName => "MacroGenerator";

    /// <inheritdoc />
    public override bool IsCallable => true;

    /// <summary>The function <c>return</c> for the variables of templates.</summary>
    public static JinjaObject Return { get; } = new ReturnFunction();

    /// <inheritdoc />
    public override object? Call(JinjaCall call)
    {
        var session = call.Context.Session;
        var context = _template.NewContext(_variables(call), session);
        context.Blocks = _template.Code.NewBlocks();
        var depth = session.Depth;
        try
        {
            _template.Code.RunRoot(context, Output.For(context.Environment));
            var macro = context.Variables.GetValueOrDefault(_definedName) ?? throw Fault.Template($"the source of the macro does not define '{_definedName}'");
            var result = Calls.InvokeRaw(call, macro);
            return ReferenceEquals(result, ReturnMarker.Instance) ? Take(session) : result;
        }
        catch (ReturnException)
        {
            session.Depth = depth;
            return Take(session);
        }
    }

    /// <inheritdoc />
    public override string Repr() => $"<MacroGenerator {_definedName}>";

    private static object? Take(JinjaSession session)
    {
        var value = session.ReturnValue;
        session.ReturnValue = null;
        return value;
    }

    private sealed class ReturnFunction : JinjaObject
    {
        public override string TypeName => "function";

        public override bool IsCallable => true;

        public override string Repr() => "<function return>";

        public override object? Call(JinjaCall call)
        {
            if (call.Positional.Length > 1)
            {
                throw Fault.Type($"BaseContext._return() takes 1 positional argument but {call.Positional.Length} were given");
            }

            call.Context.Session.ReturnValue = Signature.Bind("BaseContext._return", Signature.Parse("data"), call.Positional, call.Keywords)[0];
            return ReturnMarker.Instance;
        }
    }
}
