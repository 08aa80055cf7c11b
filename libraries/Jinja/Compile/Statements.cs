using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Compile;

internal sealed class TextStmt(string text) : Stmt
{
    public override Signal Run(Frame f)
    {
        f.Output.Text(text);
        return Signal.None;
    }
}

internal sealed class PrintStmt(Ex value, bool mayEscape) : Stmt
{
    public override Signal Run(Frame f)
    {
        var result = value.Eval(f);
        if (ReferenceEquals(result, ReturnMarker.Instance))
        {
            return Signal.Return;
        }

        if (mayEscape && f.Context.Autoescape && result is not Markup)
        {
            result = Markup.Escape(Repr.Str(result));
        }

        f.Output.Value(result);
        return Signal.None;
    }
}

/// <summary>Output of a template that may extend another: only while it does not.</summary>
internal sealed class UnlessExtendedStmt(Stmt inner) : Stmt
{
    public override Signal Run(Frame f) => f.Parent is null ? inner.Run(f) : Signal.None;
}

internal sealed class DoStmt(Ex value) : Stmt
{
    public override Signal Run(Frame f) => ReferenceEquals(value.Eval(f), ReturnMarker.Instance) ? Signal.Return : Signal.None;
}

internal sealed class SignalStmt(Signal signal) : Stmt
{
    public override Signal Run(Frame f) => signal;
}

internal sealed class IfStmt((Ex Test, Body Body, int Line, int Start)[] branches, Body otherwise) : Stmt
{
    public override Signal Run(Frame f)
    {
        for (var i = 0; i < branches.Length; i++)
        {
            bool holds;
            try
            {
                holds = branches[i].Test.IsTrue(f);
            }
            catch (JinjaException error) when (i > 0 && Place(error, f, branches[i].Line, branches[i].Start))
            {
                throw;
            }

            if (holds)
            {
                return branches[i].Body.Run(f);
            }
        }

        return otherwise.Run(f);
    }

    private static bool Place(JinjaException error, Frame f, int line, int start)
    {
        if (error.Line == 0)
        {
            var source = f.Template.Tree.Source;
            error.At(f.Template.Name, line, start == 0 ? 1 : start - source.LastIndexOf('\n', Math.Min(start, source.Length) - 1), source);
        }

        return false;
    }
}

/// <summary>Where a value is put.</summary>
internal abstract class Target
{
    public abstract void Set(Frame f, object? value);
}

internal sealed class SlotTarget(int slot) : Target
{
    public int Slot { get; } = slot;

    public override void Set(Frame f, object? value) => f.Slots[Slot] = value;
}

internal sealed class TupleTarget(Target[] targets) : Target
{
    public override void Set(Frame f, object? value)
    {
        if (value is JinjaTuple tuple && tuple.Items.Length == targets.Length)
        {
            for (var i = 0; i < targets.Length; i++)
            {
                targets[i].Set(f, tuple.Items[i]);
            }

            return;
        }

        var items = Ops.TryIterate(value) ?? throw Fault.Type($"cannot unpack non-iterable {Types.Name(value)} object");
        var taken = new object?[targets.Length];
        var count = 0;
        foreach (var item in items)
        {
            if (count == targets.Length)
            {
                throw Fault.Value($"too many values to unpack (expected {targets.Length})");
            }

            taken[count++] = item;
        }

        if (count < targets.Length)
        {
            throw Fault.Value($"not enough values to unpack (expected {targets.Length}, got {count})");
        }

        for (var i = 0; i < targets.Length; i++)
        {
            targets[i].Set(f, taken[i]);
        }
    }
}

internal sealed class NamespaceTarget(Ex owner, string attribute) : Target
{
    public bool IsNamespace(Frame f) => owner.Eval(f) is JinjaNamespace;

    public override void Set(Frame f, object? value)
    {
        switch (owner.Eval(f))
        {
            case JinjaNamespace target:
                target.Attributes.Set(attribute, value);
                break;
            case JinjaDict dict:
                dict.Set(attribute, value);
                break;
            case JinjaList:
                throw Fault.Type("list indices must be integers or slices, not str");
            case JinjaUndefined:
                throw Fault.Type("'MissingType' object does not support item assignment");
            case var other:
                throw Fault.Type($"'{Types.Name(other)}' object does not support item assignment");
        }
    }
}

/// <summary>Names of the top level that are written through to the context.</summary>
internal sealed class Exports((string Name, int Slot)[] names)
{
    public void Run(Frame f)
    {
        foreach (var (name, slot) in names)
        {
            f.Context.Variables[name] = f.Slots[slot];
            if (name[0] != '_')
            {
                f.Context.Exported.Add(name);
            }
        }
    }
}

internal sealed class SetStmt(Target target, NamespaceTarget[] checks, Ex value, Exports? exports, int checkLine) : Stmt
{
    public override Signal Run(Frame f)
    {
        foreach (var check in checks)
        {
            if (!check.IsNamespace(f))
            {
                throw Fault.Template("cannot assign attribute on non-namespace object").At(f.Template.Name, checkLine, 1, f.Template.Tree.Source);
            }
        }

        target.Set(f, value.Eval(f));
        exports?.Run(f);
        return Signal.None;
    }
}

internal sealed class SetBlockStmt(Target target, Entry entry, Body body, Ex? filter, PendingEx? pending, Exports? exports) : Stmt
{
    public override Signal Run(Frame f)
    {
        entry.Enter(f);
        var outer = f.Output;
        var inner = Output.For(f.Environment);
        f.Output = inner;
        Signal signal;
        try
        {
            signal = body.Run(f);
        }
        finally
        {
            f.Output = outer;
        }

        if (signal != Signal.None)
        {
            return signal;
        }

        var value = inner.Result(f.Context);
        if (filter is not null)
        {
            f.Slots[pending!.Slot] = value;
            value = filter.Eval(f);
        }

        target.Set(f, value);
        exports?.Run(f);
        return Signal.None;
    }
}

internal sealed class FilterBlockStmt(Entry entry, Body body, Ex filter, PendingEx pending) : Stmt
{
    public override Signal Run(Frame f)
    {
        entry.Enter(f);
        var outer = f.Output;
        var inner = Output.For(f.Environment);
        f.Output = inner;
        Signal signal;
        try
        {
            signal = body.Run(f);
        }
        finally
        {
            f.Output = outer;
        }

        if (signal != Signal.None)
        {
            return signal;
        }

        f.Slots[pending.Slot] = inner.Result(f.Context);
        var result = filter.Eval(f);
        if (!f.Environment.Options.Native && !Ops.TryText(result, out _))
        {
            throw Fault.Type($"sequence item 0: expected str instance, {Types.Name(result)} found");
        }

        outer.Value(result);
        entry.Leave(f);
        return Signal.None;
    }
}

internal sealed class WithStmt(Entry entry, (Target Target, Ex Value)[] assignments, Body body) : Stmt
{
    public int AssignLine;

    public override Signal Run(Frame f)
    {
        entry.Enter(f);
        foreach (var (target, value) in assignments)
        {
            target.Set(f, value.Eval(f));
        }

        var signal = body.Run(f);
        entry.Leave(f);
        return signal;
    }
}

internal sealed class AutoescapeStmt(Entry entry, Ex on, Body body) : Stmt
{
    public override Signal Run(Frame f)
    {
        var outer = f.Context.Autoescape;
        f.Context.Autoescape = on.IsTrue(f);
        entry.Enter(f);
        try
        {
            return body.Run(f);
        }
        finally
        {
            f.Context.Autoescape = outer;
        }
    }
}

internal sealed class MacroStmt(MacroCode code, int slot, string name, bool topLevel) : Stmt
{
    public override Signal Run(Frame f)
    {
        var macro = new JinjaMacro(code, f);
        f.Slots[slot] = macro;
        if (topLevel)
        {
            f.Context.Variables[name] = macro;
            if (name[0] != '_')
            {
                f.Context.Exported.Add(name);
            }
        }

        return Signal.None;
    }
}

internal sealed class BlockStmt(string name, bool scoped, bool required, (string Name, Ex Value)[] locals) : Stmt
{
    public override Signal Run(Frame f)
    {
        var context = f.Context;
        var stack = context.Blocks![name];
        if (scoped)
        {
            context = Derived(f);
        }

        if (required && stack.Count <= 1)
        {
            throw Fault.Template($"Required block {Repr.Of(name)} not found");
        }

        return stack[0].Run(context, f.Output);
    }

    private JinjaContext Derived(Frame f)
    {
        var own = new Dictionary<string, object?>(StringComparer.Ordinal);
        Locals(f, locals, own);
        return new JinjaContext(f.Context.Template, f.Session, f.Context.Derive(own)) { Blocks = f.Context.Blocks, Autoescape = f.Context.Autoescape };
    }

    public static void Locals(Frame f, (string Name, Ex Value)[] locals, Dictionary<string, object?> into)
    {
        foreach (var (local, value) in locals)
        {
            var result = value.Eval(f);
            if (!ReferenceEquals(result, Missing.Value))
            {
                into[local] = result;
            }
        }
    }
}

/// <summary>A variable as it is, without making an undefined value of a missing one.</summary>
internal sealed class RawSlotEx(int hops, int slot) : Ex
{
    public override object? Eval(Frame f)
    {
        for (var i = hops; i > 0; i--)
        {
            f = f.Up!;
        }

        return f.Slots[slot];
    }
}
