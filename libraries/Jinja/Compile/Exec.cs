using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Compile;

/// <summary>A compiled statement.</summary>
internal abstract class Stmt
{
    /// <summary>The line that an error in it is reported on.</summary>
    public int Line;

    public int Start;

    public abstract Signal Run(Frame f);
}

/// <summary>A compiled expression.</summary>
internal abstract class Ex
{
    /// <summary>Whether it gives the same at every evaluation and needs no variable.</summary>
    public bool Constant;

    public abstract object? Eval(Frame f);

    public virtual bool IsTrue(Frame f) => Ops.IsTrue(Eval(f));
}

/// <summary>Statements in a row; gives errors their place.</summary>
internal sealed class Body(Stmt[] statements)
{
    public static readonly Body Empty = new([]);

    private readonly Stmt[] _items = statements;

    public Signal Run(Frame f)
    {
        var items = _items;
        var i = 0;
        try
        {
            for (; i < items.Length; i++)
            {
                var signal = items[i].Run(f);
                if (signal != Signal.None)
                {
                    return signal;
                }
            }

            return Signal.None;
        }
        catch (JinjaException error) when (Place(error, f, items[i]))
        {
            throw;
        }
    }

    // An exception filter that never catches: the innermost body sees an error first and gives it its place.
    private static bool Place(JinjaException error, Frame f, Stmt item)
    {
        if (error.Line == 0)
        {
            var source = f.Template.Tree.Source;
            var at = Math.Min(item.Start, source.Length);
            error.At(f.Template.Name, item.Line, at == 0 ? 1 : at - source.LastIndexOf('\n', at - 1), source);
        }

        return false;
    }
}

/// <summary>How a frame's variables get their values on entry.</summary>
internal sealed class Entry(Entry.Instruction[] loads)
{
    public static readonly Entry None = new([]);

    public readonly record struct Instruction(LoadKind Kind, int Slot, string Name, int Hops, int Source);

    public void Enter(Frame f)
    {
        foreach (var load in loads)
        {
            switch (load.Kind)
            {
                case LoadKind.Resolve:
                    f.Slots[load.Slot] = f.Context.TryResolve(load.Name, out var value) ? value : Missing.Value;
                    break;
                case LoadKind.Alias:
                    {
                        var from = f;
                        for (var i = load.Hops; i > 0; i--)
                        {
                            from = from.Up!;
                        }

                        f.Slots[load.Slot] = from.Slots[load.Source];
                        break;
                    }

                case LoadKind.Undefined:
                    f.Slots[load.Slot] = Missing.Value;
                    break;
            }
        }
    }

    public void Leave(Frame f)
    {
        foreach (var load in loads)
        {
            f.Slots[load.Slot] = Missing.Value;
        }
    }
}

internal sealed class MacroCode
{
    public string? Name;
    public string[] Parameters = [];
    public int[] Slots = [];
    public Ex?[] Defaults = [];
    public int SlotCount;
    public int KeywordsSlot = -1;
    public int VarargsSlot = -1;
    public int CallerSlot = -1;
    public bool AccessesCaller;
    public bool ExplicitCaller;
    public Entry Entry = Entry.None;
    public Body Body = Body.Empty;
    public int Line;
    public int Start;

    public Signal Run(Frame f)
    {
        Entry.Enter(f);
        if (Defaults.Length > 0)
        {
            SetDefaults(f);
        }

        return Body.Run(f);
    }

    private void SetDefaults(Frame f)
    {
        for (var i = 0; i < Defaults.Length; i++)
        {
            if (!ReferenceEquals(f.Slots[Slots[i]], Missing.Value))
            {
                continue;
            }

            try
            {
                f.Slots[Slots[i]] = Defaults[i] is { } value
                    ? value.Eval(f)
                    : f.Environment.UndefinedHint($"parameter {Repr.Of(Parameters[i])} was not provided", Parameters[i]);
            }
            catch (JinjaException error) when (error.Line == 0)
            {
                error.At(f.Template.Name, Line, 1, f.Template.Tree.Source);
                throw;
            }
        }
    }
}

internal sealed class BlockCode
{
    public required string Name;
    public required Template Template;
    public int SlotCount;
    public int SelfSlot = -1;
    public int SuperSlot = -1;
    public Entry Entry = Entry.None;
    public Body Body = Body.Empty;

    public Signal Run(JinjaContext context, Output output)
    {
        var f = new Frame(Template, context, output, SlotCount, null);
        if (SelfSlot >= 0)
        {
            f.Slots[SelfSlot] = new SelfReference(context);
        }

        if (SuperSlot >= 0)
        {
            f.Slots[SuperSlot] = BlockReference.Super(context, Name, this);
        }

        return Calls.Deeper(context.Session, () =>
        {
            Entry.Enter(f);
            return Body.Run(f);
        });
    }
}

internal sealed class TemplateCode
{
    public int SlotCount;
    public int SelfSlot = -1;
    public Entry Entry = Entry.None;
    public Body Body = Body.Empty;
    public List<BlockCode> Blocks = [];
    public required Template Template;

    public Dictionary<string, List<BlockCode>>? NewBlocks() =>
        Blocks.Count == 0 ? new Dictionary<string, List<BlockCode>>(StringComparer.Ordinal) : Blocks.ToDictionary(block => block.Name, block => new List<BlockCode> { block }, StringComparer.Ordinal);

    public void Run(JinjaContext context, Output output)
    {
        try
        {
            if (RunRoot(context, output) == Signal.Return)
            {
                throw new ReturnException();
            }
        }
        catch (ReturnException) when (context.Session.Depth == 0)
        {
            throw new JinjaException(JinjaErrorKind.Runtime, "MacroReturn", "return() was called outside of a macro").At(Template.Name, 1, 1, Template.Tree.Source);
        }
        catch (Exception error) when (error is InvalidCastException or NullReferenceException or IndexOutOfRangeException or ArgumentException or InvalidOperationException or OverflowException or OutOfMemoryException or FormatException or InsufficientExecutionStackException or KeyNotFoundException or NotSupportedException)
        {
            throw new JinjaException(JinjaErrorKind.Runtime, "SystemError", $"unexpected failure of the template engine: {error.Message}", error).At(Template.Name, 1, 1, Template.Tree.Source);
        }
    }

    public Signal RunRoot(JinjaContext context, Output output)
    {
        var f = new Frame(Template, context, output, SlotCount, null);
        if (SelfSlot >= 0)
        {
            f.Slots[SelfSlot] = new SelfReference(context);
        }

        Entry.Enter(f);
        var signal = Body.Run(f);
        if (signal == Signal.None && f.Parent is { } parent)
        {
            return Calls.Deeper(context.Session, () => parent.Code.RunRoot(context, output));
        }

        return signal;
    }
}
