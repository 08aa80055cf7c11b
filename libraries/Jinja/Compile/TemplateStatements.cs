using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Compile;

internal sealed class ExtendsStmt(Ex template, bool checkTwice) : Stmt
{
    public override Signal Run(Frame f)
    {
        if (checkTwice && f.Parent is not null)
        {
            throw Fault.Template("extended multiple times");
        }

        var parent = Loading.Single(f, template.Eval(f));
        f.Parent = parent;
        foreach (var block in parent.Code.Blocks)
        {
            if (!f.Context.Blocks!.TryGetValue(block.Name, out var stack))
            {
                f.Context.Blocks[block.Name] = stack = [];
            }

            stack.Add(block);
        }

        return Signal.None;
    }
}

internal sealed class IncludeStmt(Ex template, bool ignoreMissing, bool withContext, (string Name, Ex Value)[] locals) : Stmt
{
    public override Signal Run(Frame f)
    {
        Template found;
        var name = template.Eval(f);
        try
        {
            found = Loading.Any(f, name);
        }
        catch (JinjaException error) when (ignoreMissing && error.PythonType is "TemplateNotFound" or "TemplatesNotFound" && error.Line == 0)
        {
            return Signal.None;
        }

        if (!withContext)
        {
            f.Output.Text(Loading.DefaultModule(f, found).Str());
            return Signal.None;
        }

        var own = new Dictionary<string, object?>(StringComparer.Ordinal);
        BlockStmt.Locals(f, locals, own);
        var context = new JinjaContext(found, f.Session, f.Context.Derive(own)) { Blocks = found.Code.NewBlocks() };
        return Calls.Deeper(f.Session, () => found.Code.RunRoot(context, f.Output));
    }
}

internal sealed class ImportStmt(Ex template, int slot, string target, bool topLevel, bool withContext, (string Name, Ex Value)[] locals) : Stmt
{
    public override Signal Run(Frame f)
    {
        var module = Loading.Module(f, template.Eval(f), withContext, locals);
        f.Slots[slot] = module;
        if (topLevel)
        {
            f.Context.Variables[target] = module;
            f.Context.Exported.Remove(target);
        }

        return Signal.None;
    }
}

internal sealed class FromImportStmt(Ex template, (string Name, string Alias, int Slot)[] names, bool topLevel, bool withContext, (string Name, Ex Value)[] locals) : Stmt
{
    public override Signal Run(Frame f)
    {
        var module = Loading.Module(f, template.Eval(f), withContext, locals);
        foreach (var (name, alias, slot) in names)
        {
            if (!module.TryGetAttribute(name, out var value))
            {
                var place = f.Template.Name is null ? $"line {Line}" : $"line {Line} in {Repr.Of(f.Template.Name)}";
                value = f.Environment.UndefinedHint($"the template {Repr.Of(module.Name)} (imported on {place}) does not export the requested name {Repr.Of(name)}", name);
            }

            f.Slots[slot] = value;
            if (topLevel)
            {
                f.Context.Variables[alias] = value;
                f.Context.Exported.Remove(alias);
            }
        }

        return Signal.None;
    }
}

/// <summary>Finds templates for the tags that name them.</summary>
internal static class Loading
{
    public static Template Single(Frame f, object? name) => name switch
    {
        TemplateHandle handle => handle.Template,
        JinjaUndefined undefined => throw undefined.Error(),
        _ => f.Environment.Load(Ops.TryText(name, out var text) ? text : throw Fault.NotFound(Repr.Str(name))),
    };

    public static Template Any(Frame f, object? name)
    {
        if (name is not (JinjaList or JinjaTuple))
        {
            return Single(f, name);
        }

        var names = Ops.Iterate(name).ToList();
        foreach (var candidate in names)
        {
            try
            {
                return Single(f, candidate);
            }
            catch (JinjaException error) when (error.PythonType == "TemplateNotFound" && error.Line == 0)
            {
                // The next one may be there.
            }
        }

        throw new JinjaException(JinjaErrorKind.Runtime, "TemplatesNotFound", names.Count == 0
            ? "Tried to select from an empty list of templates."
            : $"none of the templates given were found: {string.Join(", ", names.Select(Repr.Str))}");
    }

    public static JinjaModule Module(Frame f, object? name, bool withContext, (string Name, Ex Value)[] locals)
    {
        var template = Single(f, name);
        if (!withContext)
        {
            return DefaultModule(f, template);
        }

        var own = new Dictionary<string, object?>(StringComparer.Ordinal);
        BlockStmt.Locals(f, locals, own);
        var scope = f.Context.Derive(own);
        return Calls.Deeper(f.Session, () => template.MakeModule(scope, f.Session));
    }

    public static JinjaModule DefaultModule(Frame f, Template template)
    {
        if (!f.Session.Modules.TryGetValue(template, out var module))
        {
            module = Calls.Deeper(f.Session, () => template.MakeModule(f.Environment.Globals, f.Session));
            f.Session.Modules[template] = module;
        }

        return module;
    }
}

/// <summary>A template as a value.</summary>
internal sealed class TemplateHandle(Template template) : JinjaObject
{
    public Template Template { get; } = template;
}

/// <summary>What <c>self</c> is: the blocks of the template as functions.</summary>
internal sealed class SelfReference(JinjaContext context) : JinjaObject
{
    public override string TypeName => "TemplateReference";

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = null;
        return false;
    }

    public override bool TryGetItem(object? key, out object? value)
    {
        value = key is string name && context.Blocks!.TryGetValue(name, out var stack) ? new BlockReference(context, name, stack, 0) : null;
        return value is not null;
    }

    public override string Repr() => $"<TemplateReference {Runtime.Repr.Of(context.Template.Name)}>";
}

/// <summary>A block as a function: what <c>super</c> and <c>self.name</c> are.</summary>
internal sealed class BlockReference(JinjaContext context, string name, List<BlockCode> stack, int depth) : JinjaObject
{
    public override string TypeName => "BlockReference";

    public override bool IsCallable => true;

    public static object Super(JinjaContext context, string name, BlockCode current)
    {
        var index = context.Blocks!.TryGetValue(name, out var stack) ? stack.IndexOf(current) + 1 : 0;
        return stack is not null && index > 0 && index < stack.Count
            ? new BlockReference(context, name, stack, index)
            : context.Environment.UndefinedHint($"there is no parent block called {Runtime.Repr.Of(name)}.", "super");
    }

    public override bool TryGetAttribute(string attribute, out object? value)
    {
        value = attribute switch
        {
            "super" => depth + 1 < stack.Count
                ? new BlockReference(context, name, stack, depth + 1)
                : context.Environment.UndefinedHint($"there is no parent block called {Runtime.Repr.Of(name)}.", "super"),
            "name" => name,
            _ => null,
        };
        return value is not null;
    }

    public override object? Call(JinjaCall call)
    {
        if (call.Positional.Length + call.Keywords.Length > 0)
        {
            throw Fault.Type($"BlockReference.__call__() takes 1 positional argument but {call.Positional.Length + 1} were given");
        }

        var output = Output.For(context.Environment);
        return stack[depth].Run(context, output) == Signal.Return ? ReturnMarker.Instance : output.Result(context);
    }
}
