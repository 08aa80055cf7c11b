using FhirAspire.Dbt.Parse;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>A macro as a template calls it: it sees the variables of the node that is rendered.</summary>
internal sealed class MacroCallable(NodeScope scope, DbtMacro macro) : JinjaObject
{
    private const int MaxDepth = 300;

    public DbtMacro Macro => macro;

    public override string TypeName => "MacroGenerator";

    public override bool IsCallable => true;

    public override string Repr() => $"<macro {macro.Name}>";

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name == "name" ? macro.Name : null;
        return value is not null;
    }

    public override object? Call(JinjaCall call)
    {
        if (scope.MacroStack.Count == 0)
        {
            scope.OnMacro?.Invoke(macro);
        }

        scope.Record?.Run(macro);
        if (scope.MacroStack.Count >= MaxDepth)
        {
            throw new DbtException("DBT2105", DbtErrorKind.Compilation, $"maximum recursion depth exceeded in macro {macro.Name}")
            {
                File = macro.OriginalFilePath, Line = macro.Line, Found = $"{MaxDepth} calls inside each other", Expected = "a recursion that ends", MacroStack = StackText(),
            };
        }

        scope.MacroStack.Add(macro);
        try
        {
            return scope.Session.Templates.CallMacro(macro, scope, call);
        }
        catch (DbtException exception) when (exception.MacroStack.Count == 0)
        {
            // The engine's own macros are not what is to be mended: a failing statement is named by the macro or node of the project that it comes from.
            throw exception.With(file: scope.MacroStack.FindLast(item => !Adapters.InternalPackages.IsInternal(item.PackageName))?.OriginalFilePath, stack: StackText());
        }
        finally
        {
            scope.MacroStack.RemoveAt(scope.MacroStack.Count - 1);
        }
    }

    private List<string> StackText()
    {
        var lines = new List<string>();
        for (var i = scope.MacroStack.Count - 1; i >= 0; i--)
        {
            lines.Add($"> {(i == scope.MacroStack.Count - 1 ? "in" : "called by")} {scope.MacroStack[i].Subject}");
        }

        if (scope.Node is { } node)
        {
            lines.Add($"> called by {node.Subject}");
        }
        else if (scope.Operation is { } operation)
        {
            lines.Add($"> called by {operation.Subject}");
        }

        return lines;
    }
}
