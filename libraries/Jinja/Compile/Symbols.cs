using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja.Compile;

internal enum LoadKind
{
    Parameter,
    Resolve,
    Alias,
    Undefined,
}

/// <summary>How a slot gets its value when its frame is entered.</summary>
internal readonly record struct Load(LoadKind Kind, string Name, SlotRef Source);

/// <summary>A variable: the function whose activation holds it, and its place there.</summary>
internal readonly record struct SlotRef(FunctionScope? Function, int Index);

/// <summary>What becomes one activation at run time: the template, a block, a macro, a recursive loop, the filter of a loop.</summary>
internal sealed class FunctionScope(FunctionScope? outer)
{
    private readonly Dictionary<(int Level, string Name), int> _slots = [];

    public FunctionScope? Outer { get; } = outer;

    public int SlotCount { get; private set; }

    public int Slot(int level, string name)
    {
        if (!_slots.TryGetValue((level, name), out var slot))
        {
            slot = SlotCount++;
            _slots.Add((level, name), slot);
        }

        return slot;
    }

    public int NewSlot() => SlotCount++;

    public int HopsTo(FunctionScope target)
    {
        var hops = 0;
        for (var scope = this; !ReferenceEquals(scope, target); scope = scope.Outer!)
        {
            hops++;
        }

        return hops;
    }
}

/// <summary>The names of one frame, tracked as Jinja2 tracks them: which are set, which come from outside, which from the context.</summary>
internal sealed class Symbols
{
    private Dictionary<string, SlotRef> _refs;
    private Dictionary<SlotRef, Load> _loads;
    private HashSet<string> _stores;

    public Symbols(FunctionScope function, Symbols? parent)
    {
        Function = function;
        Parent = parent;
        Level = parent is null ? 0 : parent.Level + 1;
        _refs = new Dictionary<string, SlotRef>(StringComparer.Ordinal);
        _loads = [];
        _stores = new HashSet<string>(StringComparer.Ordinal);
    }

    private Symbols(Symbols other)
    {
        Function = other.Function;
        Parent = other.Parent;
        Level = other.Level;
        _refs = new Dictionary<string, SlotRef>(other._refs, StringComparer.Ordinal);
        _loads = new Dictionary<SlotRef, Load>(other._loads);
        _stores = new HashSet<string>(other._stores, StringComparer.Ordinal);
    }

    public FunctionScope Function { get; }

    public Symbols? Parent { get; }

    public int Level { get; }

    public IReadOnlyDictionary<SlotRef, Load> Loads => _loads;

    public Symbols Copy() => new(this);

    public SlotRef? FindRef(string name)
    {
        for (var symbols = this; symbols is not null; symbols = symbols.Parent)
        {
            if (symbols._refs.TryGetValue(name, out var found))
            {
                return found;
            }
        }

        return null;
    }

    public SlotRef Ref(string name) => FindRef(name) ?? throw new InvalidOperationException($"the name '{name}' was not seen by the analysis");

    public void Store(string name)
    {
        _stores.Add(name);
        if (_refs.ContainsKey(name))
        {
            return;
        }

        if (Parent?.FindRef(name) is { } outer)
        {
            Define(name, new Load(LoadKind.Alias, name, outer));
        }
        else
        {
            Define(name, new Load(LoadKind.Undefined, name, default));
        }
    }

    public SlotRef DeclareParameter(string name)
    {
        _stores.Add(name);
        return Define(name, new Load(LoadKind.Parameter, name, default));
    }

    public void LoadName(string name)
    {
        if (FindRef(name) is null)
        {
            Define(name, new Load(LoadKind.Resolve, name, default));
        }
    }

    public void BranchUpdate(params ReadOnlySpan<Symbols> branches)
    {
        var stores = new HashSet<string>(StringComparer.Ordinal);
        foreach (var branch in branches)
        {
            stores.UnionWith(branch._stores);
        }

        stores.ExceptWith(_stores);
        foreach (var branch in branches)
        {
            foreach (var (name, slot) in branch._refs)
            {
                _refs[name] = slot;
            }

            foreach (var (slot, load) in branch._loads)
            {
                _loads[slot] = load;
            }

            _stores.UnionWith(branch._stores);
        }

        foreach (var name in stores)
        {
            var target = Ref(name);
            _loads[target] = Parent?.FindRef(name) is { } outer
                ? new Load(LoadKind.Alias, name, outer)
                : new Load(LoadKind.Resolve, name, default);
        }
    }

    /// <summary>Every name set here or further out, with its variable: what included templates see.</summary>
    public List<(string Name, SlotRef Slot)> DumpStores()
    {
        var result = new List<(string, SlotRef)>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var symbols = this; symbols is not null; symbols = symbols.Parent)
        {
            foreach (var name in symbols._stores)
            {
                if (seen.Add(name))
                {
                    result.Add((name, Ref(name)));
                }
            }
        }

        return result;
    }

    private SlotRef Define(string name, Load load)
    {
        var slot = new SlotRef(Function, Function.Slot(Level, name));
        _refs[name] = slot;
        _loads[slot] = load;
        return slot;
    }

    public void VisitAll(IEnumerable<Node> nodes)
    {
        foreach (var node in nodes)
        {
            new SymbolVisitor(this).Visit(node);
        }
    }

    public void VisitTarget(Node target) => new SymbolVisitor(this).VisitAsParameters(target);
}

/// <summary>Feeds the names of a frame to its symbols; stops at everything that has a frame of its own.</summary>
internal sealed class SymbolVisitor(Symbols symbols)
{
    private Symbols _symbols = symbols;

    public void VisitAsParameters(Node target)
    {
        foreach (var node in target.DescendantsAndSelf())
        {
            if (node is NameNode name)
            {
                _symbols.DeclareParameter(name.Name);
            }
        }
    }

    public void Visit(Node node)
    {
        Depth.Check();
        switch (node)
        {
            case NameNode name:
                switch (name.Use)
                {
                    case NameUse.Param:
                        _symbols.DeclareParameter(name.Name);
                        break;
                    case NameUse.Store:
                        _symbols.Store(name.Name);
                        break;
                    default:
                        _symbols.LoadName(name.Name);
                        break;
                }

                break;

            case NamespaceRefNode reference:
                _symbols.LoadName(reference.Name);
                break;

            case IfNode branch:
                VisitIf(branch);
                break;

            case MacroNode macro:
                _symbols.Store(macro.Name);
                break;

            case ImportNode import:
                Visit(import.Template);
                _symbols.Store(import.Target);
                break;

            case FromImportNode import:
                Visit(import.Template);
                foreach (var (_, alias) in import.Names)
                {
                    _symbols.Store(alias);
                }

                break;

            case SetNode set:
                Visit(set.Value);
                Visit(set.Target);
                break;

            case ForNode loop:
                Visit(loop.Iterable);
                break;

            case CallBlockNode call:
                Visit(call.Call);
                break;

            case FilterBlockNode filter:
                Visit(filter.Filter);
                break;

            case WithNode with:
                foreach (var value in with.Values)
                {
                    Visit(value);
                }

                break;

            case SetBlockNode set:
                Visit(set.Target);
                break;

            case BlockNode or AutoescapeNode:
                break;

            default:
                foreach (var child in node.Children)
                {
                    Visit(child);
                }

                break;
        }
    }

    private void VisitIf(IfNode branch)
    {
        Visit(branch.Test);
        var original = _symbols;
        var body = Branch(branch.Body);
        var elseIfs = Branch(branch.ElseIfs);
        var otherwise = Branch(branch.Else);
        original.BranchUpdate(body, elseIfs, otherwise);

        Symbols Branch(IEnumerable<Node> nodes)
        {
            _symbols = original.Copy();
            var result = _symbols;
            foreach (var node in nodes)
            {
                Visit(node);
            }

            _symbols = original;
            return result;
        }
    }
}

/// <summary>Which of some names are read before they are set, anywhere below; blocks are not looked into.</summary>
internal static class Undeclared
{
    public static HashSet<string> Find(IEnumerable<Node> nodes, params string[] names)
    {
        var looking = new HashSet<string>(names, StringComparer.Ordinal);
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            Visit(node);
        }

        return found;

        void Visit(Node node)
        {
            Depth.Check();
            switch (node)
            {
                case NameNode name:
                    if (name.Use == NameUse.Load && looking.Contains(name.Name))
                    {
                        found.Add(name.Name);
                    }
                    else
                    {
                        looking.Remove(name.Name);
                    }

                    break;
                case BlockNode:
                    break;
                default:
                    foreach (var child in node.Children)
                    {
                        Visit(child);
                    }

                    break;
            }
        }
    }
}

/// <summary>Turns a tree too deep for the stack into an error.</summary>
internal static class Depth
{
    public static void Check()
    {
        if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fault.Syntax("too deeply nested", "RecursionError");
        }
    }
}
