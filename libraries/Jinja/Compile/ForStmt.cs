using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Compile;

/// <summary>The parts of a loop that its plain and its recursive form share.</summary>
internal sealed class LoopCode
{
    public required Target Target;
    public required Entry Entry;
    public required Body Body;
    public Body? Else;
    public Entry ElseEntry = Entry.None;
    public int LoopSlot = -1;
    public FilterCode? Filter;

    /// <summary>Runs the loop in a frame; recurse is null unless the loop is recursive.</summary>
    public Signal Run(Frame f, object? iterable, Func<object?, int, object?>? recurse, int depth)
    {
        if (Filter is not null)
        {
            iterable = new JinjaGenerator(Filter.Items(f, Ops.Iterate(iterable)), "loop_filter");
        }

        var session = f.Session;
        var untouched = true;
        Signal signal;
        if (LoopSlot >= 0)
        {
            var loop = new LoopContext(f.Environment, iterable, recurse, depth);
            f.Slots[LoopSlot] = Missing.Value;
            while (loop.MoveNext(out var item))
            {
                session.Step();
                Target.Set(f, item);
                f.Slots[LoopSlot] = loop;
                if (Round(f, ref untouched, out signal))
                {
                    if (signal == Signal.Return)
                    {
                        return signal;
                    }

                    break;
                }
            }

            f.Slots[LoopSlot] = Missing.Value;
        }
        else if (iterable is JinjaList list)
        {
            for (var i = 0; i < list.Items.Count; i++)
            {
                session.Step();
                Target.Set(f, list.Items[i]);
                if (Round(f, ref untouched, out signal))
                {
                    if (signal == Signal.Return)
                    {
                        return signal;
                    }

                    break;
                }
            }
        }
        else
        {
            foreach (var item in Ops.Iterate(iterable))
            {
                session.Step();
                Target.Set(f, item);
                if (Round(f, ref untouched, out signal))
                {
                    if (signal == Signal.Return)
                    {
                        return signal;
                    }

                    break;
                }
            }
        }

        Entry.Leave(f);
        if (Else is null || !untouched)
        {
            return Signal.None;
        }

        ElseEntry.Enter(f);
        signal = Else.Run(f);
        ElseEntry.Leave(f);
        return signal;
    }

    /// <summary>One round; true when the loop ends.</summary>
    private bool Round(Frame f, ref bool untouched, out Signal signal)
    {
        Entry.Enter(f);
        signal = Body.Run(f);
        if (signal == Signal.None)
        {
            // As in Jinja2, only a round that reaches its end keeps the else part from running.
            untouched = false;
            return false;
        }

        return signal != Signal.Continue;
    }
}

/// <summary>The condition of <c>{% for x in y if condition %}</c>, with variables of its own.</summary>
internal sealed class FilterCode
{
    public required Target Target;
    public required Entry Entry;
    public required Ex Test;
    public int SlotCount;
    public int Line;

    public IEnumerable<object?> Items(Frame outer, IEnumerable<object?> items)
    {
        var f = new Frame(outer.Template, outer.Context, outer.Output, SlotCount, outer);
        Entry.Enter(f);
        foreach (var item in items)
        {
            Target.Set(f, item);
            bool holds;
            try
            {
                holds = Test.IsTrue(f);
            }
            catch (JinjaException error) when (error.Line == 0)
            {
                error.At(f.Template.Name, Line, 1, f.Template.Tree.Source);
                throw;
            }

            if (holds)
            {
                yield return item;
            }
        }
    }
}

internal sealed class ForStmt(LoopCode code, Ex iterable) : Stmt
{
    public override Signal Run(Frame f) => code.Run(f, iterable.Eval(f), null, 0);
}

/// <summary>A recursive loop: a function that calls itself through <c>loop(...)</c>.</summary>
internal sealed class RecursiveForStmt(LoopCode code, Ex iterable, int slotCount) : Stmt
{
    public override Signal Run(Frame f)
    {
        var result = Level(f, iterable.Eval(f), 0);
        if (ReferenceEquals(result, ReturnMarker.Instance))
        {
            return Signal.Return;
        }

        f.Output.Value(result);
        return Signal.None;
    }

    private object? Level(Frame up, object? items, int depth)
    {
        var f = new Frame(up.Template, up.Context, Output.For(up.Environment), slotCount, up);
        return Calls.Deeper(up.Session, () =>
        {
            try
            {
                return code.Run(f, items, (inner, next) => Level(up, inner, next), depth) == Signal.Return ? ReturnMarker.Instance : f.Output.Result(f.Context);
            }
            catch (JinjaException error) when (error.Line == 0)
            {
                error.At(up.Template.Name, Line, 1, up.Template.Tree.Source);
                throw;
            }
        });
    }
}

internal sealed class CallBlockStmt(MacroCode macro, CallEx call) : Stmt
{
    public override Signal Run(Frame f)
    {
        var result = call.Eval(f);
        if (ReferenceEquals(result, ReturnMarker.Instance))
        {
            return Signal.Return;
        }

        f.Output.Value(result);
        return Signal.None;
    }

    public MacroCode Macro => macro;
}
