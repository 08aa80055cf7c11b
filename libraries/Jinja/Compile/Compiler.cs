using FhirAspire.Jinja.Runtime;
using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja.Compile;

/// <summary>
/// Turns a tree into nodes that run, with variables resolved to slots. Frames, their entry instructions and the lines of errors follow what
/// Jinja2's code generator writes, because templates can tell the difference.
/// </summary>
internal sealed partial class Compiler
{
    private const int MaxDepth = 1500;

    private readonly Template _template;
    private readonly JinjaEnvironment _environment;
    private readonly Frame _constFrame;
    private readonly Dictionary<string, BlockNode> _blocks = new(StringComparer.Ordinal);
    private readonly bool _hasExtends;
    private bool _knownExtends;
    private int _extendsSoFar;
    private int _lastLine = 1;
    private int _depth;
    private bool _volatile;

    private Compiler(Template template)
    {
        _template = template;
        _environment = template.Environment;
        _hasExtends = template.Tree.DescendantsAndSelf().Any(node => node is ExtendsNode);
        _constFrame = new Frame(template, new JinjaContext(template, new JinjaSession(_environment), _environment.Globals), new TextOutput(), 0, null);
        _volatile = _environment.Options.Autoescape;
    }

    /// <summary>What is known at a place of the template.</summary>
    private sealed class Scope(FunctionScope function, Symbols symbols)
    {
        public FunctionScope Function { get; } = function;

        public Symbols Symbols { get; } = symbols;

        public bool TopLevel { get; init; }

        public bool RootLevel { get; init; }

        public bool Soft { get; init; }

        public bool CheckOutput { get; init; }

        public bool InLoop { get; init; }

        public Scope Inner(FunctionScope? function = null) =>
            new(function ?? Function, new Symbols(function ?? Function, Symbols)) { CheckOutput = CheckOutput, InLoop = function is null && InLoop };

        public Scope Softened() => new(Function, Symbols) { TopLevel = TopLevel, Soft = true, CheckOutput = CheckOutput, InLoop = InLoop };
    }

    public static TemplateCode Compile(Template template)
    {
        try
        {
            return new Compiler(template).CompileTemplate();
        }
        catch (JinjaException error)
        {
            error.Name(template.Name);
            throw;
        }
    }

    private JinjaException Fail(string reason, Node node, string pythonType = "TemplateAssertionError")
    {
        var source = _template.Tree.Source;
        var at = Math.Min(node.Start, source.Length);
        return Fault.Syntax(reason, pythonType).At(_template.Name, node.Line, at == 0 ? 1 : at - source.LastIndexOf('\n', at - 1), source);
    }

    private TemplateCode CompileTemplate()
    {
        var tree = _template.Tree;
        foreach (var block in tree.DescendantsAndSelf().OfType<BlockNode>())
        {
            if (!_blocks.TryAdd(block.Name, block))
            {
                throw Fail($"block {Repr.Of(block.Name)} defined twice", block);
            }
        }

        var function = new FunctionScope(null);
        var symbols = new Symbols(function, null);
        var code = new TemplateCode { Template = _template };
        if (Undeclared.Find(tree.Body, "self").Count > 0)
        {
            code.SelfSlot = symbols.DeclareParameter("self").Index;
        }

        symbols.VisitAll(tree.Body);
        var scope = new Scope(function, symbols) { TopLevel = true, RootLevel = true, CheckOutput = _hasExtends };
        code.Entry = MakeEntry(symbols);
        code.Body = CompileBody(tree.Body, scope);
        code.SlotCount = function.SlotCount;
        foreach (var block in _blocks.Values)
        {
            code.Blocks.Add(CompileBlock(block));
        }

        return code;
    }

    private BlockCode CompileBlock(BlockNode block)
    {
        _lastLine = block.Line;
        var function = new FunctionScope(null);
        var symbols = new Symbols(function, null);
        var undeclared = Undeclared.Find(block.Body, "self", "super");
        var code = new BlockCode { Name = block.Name, Template = _template };
        if (undeclared.Contains("self"))
        {
            code.SelfSlot = symbols.DeclareParameter("self").Index;
        }

        if (undeclared.Contains("super"))
        {
            code.SuperSlot = symbols.DeclareParameter("super").Index;
        }

        symbols.VisitAll(block.Body);
        code.Entry = MakeEntry(symbols);
        code.Body = CompileBody(block.Body, new Scope(function, symbols));
        code.SlotCount = function.SlotCount;
        return code;
    }

    private static Entry MakeEntry(Symbols symbols)
    {
        var loads = new List<Entry.Instruction>();
        foreach (var (slot, load) in symbols.Loads)
        {
            if (load.Kind != LoadKind.Parameter)
            {
                loads.Add(load.Kind == LoadKind.Alias
                    ? new Entry.Instruction(load.Kind, slot.Index, load.Name, symbols.Function.HopsTo(load.Source.Function!), load.Source.Index)
                    : new Entry.Instruction(load.Kind, slot.Index, load.Name, 0, 0));
            }
        }

        return loads.Count == 0 ? Entry.None : new Entry([.. loads]);
    }

    private void Enter(Node node)
    {
        if (++_depth > MaxDepth || !System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fail("too deeply nested", node, "RecursionError");
        }
    }

    private Body CompileBody(IReadOnlyList<Statement> nodes, Scope scope)
    {
        var result = new List<Stmt>(nodes.Count);
        foreach (var node in nodes)
        {
            Enter(node);
            CompileStatement(node, scope, result);
            _depth--;
            if (_stop)
            {
                break;
            }
        }

        return result.Count == 0 ? Body.Empty : new Body([.. result]);
    }

    private bool _stop;

    private T At<T>(T statement, Node node)
        where T : Stmt
    {
        _lastLine = node.Line;
        statement.Line = node.Line;
        statement.Start = node.Start;
        return statement;
    }

    private void CompileStatement(Statement node, Scope scope, List<Stmt> into)
    {
        switch (node)
        {
            case OutputNode output:
                CompileOutput(output, scope, into);
                break;
            case IfNode branch:
                into.Add(CompileIf(branch, scope));
                break;
            case ForNode loop:
                into.Add(CompileFor(loop, scope));
                break;
            case SetNode set:
                into.Add(CompileSet(set, scope));
                break;
            case SetBlockNode set:
                into.Add(CompileSetBlock(set, scope));
                break;
            case DoNode expression:
                {
                    var value = Compile(expression.Value, scope);
                    AllowReturn(value);
                    into.Add(At(new DoStmt(value), node));
                    break;
                }

            case MacroNode macro:
                {
                    var code = CompileMacro(macro, macro.Name, macro.Parameters, macro.Defaults, macro.Body, scope);
                    var slot = scope.Symbols.Ref(macro.Name);
                    into.Add(new MacroStmt(code, slot.Index, macro.Name, scope.TopLevel) { Line = macro.Line, Start = macro.Start });
                    break;
                }

            case CallBlockNode call:
                into.Add(CompileCallBlock(call, scope));
                break;
            case FilterBlockNode filter:
                into.Add(CompileFilterBlock(filter, scope));
                break;
            case WithNode with:
                into.Add(CompileWith(with, scope));
                break;
            case AutoescapeNode autoescape:
                {
                    var inner = scope.Inner();
                    inner.Symbols.VisitAll(autoescape.Children);
                    var outer = _volatile;
                    _volatile = true;
                    var on = Compile(autoescape.On, inner);
                    into.Add(At(new AutoescapeStmt(MakeEntry(inner.Symbols), on, CompileBody(autoescape.Body, inner)), node));
                    _volatile = outer;
                    break;
                }

            case BreakNode or ContinueNode:
                if (!scope.InLoop)
                {
                    throw Fail(node is BreakNode ? "'break' outside loop" : "'continue' not properly in loop", node, "SyntaxError");
                }

                into.Add(At(new SignalStmt(node is BreakNode ? Signal.Break : Signal.Continue), node));
                break;
            case BlockNode block:
                if (!(scope.TopLevel && _knownExtends))
                {
                    Stmt statement = At(new BlockStmt(block.Name, block.Scoped, block.Required, block.Scoped ? Locals(scope) : []), node);
                    into.Add(scope.TopLevel && _extendsSoFar > 0 ? At(new UnlessExtendedStmt(statement), node) : statement);
                }

                break;
            case ExtendsNode extends:
                CompileExtends(extends, scope, into);
                break;
            case IncludeNode include:
                into.Add(At(new IncludeStmt(Compile(include.Template, scope), include.IgnoreMissing, include.WithContext, Locals(scope)), node));
                break;
            case ImportNode import:
                into.Add(At(new ImportStmt(Compile(import.Template, scope), scope.Symbols.Ref(import.Target).Index, import.Target, scope.TopLevel, import.WithContext, Locals(scope)), node));
                break;
            case FromImportNode import:
                into.Add(At(
                    new FromImportStmt(
                        Compile(import.Template, scope),
                        [.. import.Names.Select(name => (name.Name, name.Alias, scope.Symbols.Ref(name.Alias).Index))],
                        scope.TopLevel,
                        import.WithContext,
                        Locals(scope)),
                    node));
                break;
            default:
                throw new InvalidOperationException($"no code for {node.GetType().Name}");
        }
    }

    private (string Name, Ex Value)[] Locals(Scope scope) =>
        [.. scope.Symbols.DumpStores().Select(item => (item.Name, (Ex)new RawSlotEx(scope.Function.HopsTo(item.Slot.Function!), item.Slot.Index)))];

    private void CompileExtends(ExtendsNode node, Scope scope, List<Stmt> into)
    {
        if (!scope.TopLevel)
        {
            throw Fail("cannot use extend from a non top-level scope", node);
        }

        var twice = _extendsSoFar > 0;
        into.Add(At(new ExtendsStmt(Compile(node.Template, scope), twice), node));
        _stop |= twice && _knownExtends;
        _knownExtends |= scope.RootLevel;
        _extendsSoFar++;
    }

    private void CompileOutput(OutputNode node, Scope scope, List<Stmt> into)
    {
        if (scope.CheckOutput && _knownExtends)
        {
            return;
        }

        var text = new System.Text.StringBuilder();
        Node? textNode = null;
        foreach (var child in node.Nodes)
        {
            if (child is DataNode data)
            {
                text.Append(data.Text);
                textNode ??= child;
                continue;
            }

            var value = Compile(child, scope);
            if (value.Constant && !_volatile)
            {
                text.Append(Repr.Str(value.Eval(_constFrame)));
                textNode ??= child;
                continue;
            }

            Flush();
            AllowReturn(value);
            Add(At(new PrintStmt(value, _volatile), child));
        }

        Flush();

        void Flush()
        {
            if (textNode is not null)
            {
                // An empty text is a piece of its own when rendering is native.
                if (text.Length > 0 || _environment.Options.Native)
                {
                    Add(new TextStmt(text.ToString()) { Line = textNode.Line, Start = textNode.Start });
                }

                text.Clear();
                textNode = null;
            }
        }

        void Add(Stmt statement) => into.Add(scope.CheckOutput ? new UnlessExtendedStmt(statement) { Line = statement.Line, Start = statement.Start } : statement);
    }

    private static void AllowReturn(Ex value)
    {
        switch (value)
        {
            case CallEx call:
                call.Raw = true;
                break;
            case MethodCallEx call:
                call.Raw = true;
                break;
        }
    }

    private IfStmt CompileIf(IfNode node, Scope scope)
    {
        var soft = scope.Softened();
        _lastLine = node.Line;
        var branches = new List<(Ex, Body, int, int)>();
        foreach (var branch in node.ElseIfs.Prepend(node))
        {
            _lastLine = branch.Line;
            var test = Compile(branch.Test, soft);
            branches.Add((test, CompileBody(branch.Body, soft), branch.Line, branch.Start));
        }

        return new IfStmt([.. branches], CompileBody(node.Else, soft)) { Line = node.Line, Start = node.Start };
    }

    private Stmt CompileFor(ForNode node, Scope scope)
    {
        var function = node.Recursive ? new FunctionScope(scope.Function) : null;
        var loop = scope.Inner(function);
        var extended = node.Recursive || Undeclared.Find(node.Body, "loop").Count > 0 || node.DescendantsAndSelf().Any(child => child is BlockNode { Scoped: true });
        var loopSlot = extended ? loop.Symbols.DeclareParameter("loop").Index : -1;
        loop.Symbols.VisitTarget(node.Target);
        loop.Symbols.VisitAll(node.Body);
        var elseScope = scope.Inner(function);
        elseScope.Symbols.VisitAll(node.Else);

        FilterCode? filter = null;
        if (node.Test is not null)
        {
            var filterFunction = new FunctionScope(function ?? scope.Function);
            var test = scope.Inner(filterFunction);
            test.Symbols.VisitTarget(node.Target);
            test.Symbols.VisitAll([node.Test]);
            _lastLine = node.Test.Line;
            filter = new FilterCode
            {
                Target = CompileTarget(node.Target, test),
                Entry = MakeEntry(test.Symbols),
                Test = Compile(node.Test, test),
                Line = node.Test.Line,
            };
            filter.SlotCount = filterFunction.SlotCount;
        }

        foreach (var name in node.DescendantsAndSelf().OfType<NameNode>())
        {
            if (name.Use == NameUse.Store && name.Name == "loop")
            {
                throw Fail("Can't assign to special loop variable in for-loop target", name);
            }
        }

        _lastLine = node.Line;
        var iterable = Compile(node.Iterable, scope);
        var body = new Scope(loop.Function, loop.Symbols) { CheckOutput = !node.Recursive && loop.CheckOutput, InLoop = true };
        var code = new LoopCode
        {
            Target = CompileTarget(node.Target, loop),
            LoopSlot = loopSlot,
            Filter = filter,
            Entry = MakeEntry(loop.Symbols),
            Body = CompileBody(node.Body, body),
            Else = node.Else.Count == 0 ? null : CompileBody(node.Else, new Scope(elseScope.Function, elseScope.Symbols) { CheckOutput = elseScope.CheckOutput, InLoop = function is null && scope.InLoop }),
            ElseEntry = MakeEntry(elseScope.Symbols),
        };
        return node.Recursive
            ? new RecursiveForStmt(code, iterable, function!.SlotCount) { Line = node.Line, Start = node.Start }
            : new ForStmt(code, iterable) { Line = node.Line, Start = node.Start };
    }

    private static Target CompileTarget(Expression target, Scope scope) => target switch
    {
        NameNode name => new SlotTarget(scope.Symbols.Ref(name.Name).Index),
        TupleNode tuple => new TupleTarget([.. tuple.Items.Select(item => CompileTarget(item, scope))]),
        NamespaceRefNode reference => new NamespaceTarget(Name(reference.Name, scope), reference.Attribute),
        _ => throw new InvalidOperationException($"no target: {target.GetType().Name}"),
    };

    private static Exports? MakeExports(Expression target, Scope scope)
    {
        if (!scope.TopLevel)
        {
            return null;
        }

        var names = target.DescendantsAndSelf().OfType<NameNode>().Select(name => (name.Name, scope.Symbols.Ref(name.Name).Index)).ToArray();
        return names.Length == 0 ? null : new Exports(names);
    }

    private SetStmt CompileSet(SetNode node, Scope scope)
    {
        var checkLine = _lastLine;
        var checks = node.Target.DescendantsAndSelf().OfType<NamespaceRefNode>().DistinctBy(item => item.Name)
            .Select(item => new NamespaceTarget(Name(item.Name, scope), item.Attribute)).ToArray();
        _lastLine = node.Line;
        var value = Compile(node.Value, scope);
        return At(new SetStmt(CompileTarget(node.Target, scope), checks, value, MakeExports(node.Target, scope), checkLine), node);
    }

    private SetBlockStmt CompileSetBlock(SetBlockNode node, Scope scope)
    {
        var inner = new Scope(scope.Function, new Symbols(scope.Function, scope.Symbols)) { InLoop = scope.InLoop };
        inner.Symbols.VisitAll(node.Body);
        var entry = MakeEntry(inner.Symbols);
        var body = CompileBody(node.Body, inner);
        _lastLine = node.Line;
        PendingEx? pending = null;
        Ex? filter = null;
        if (node.Filter is not null)
        {
            pending = new PendingEx { Slot = scope.Function.NewSlot() };
            // Names in the filter's arguments belong to the frame of the block, as in Jinja2.
            inner.Symbols.VisitAll([node.Filter]);
            entry = MakeEntry(inner.Symbols);
            filter = CompileFilter(node.Filter, inner, pending);
        }

        return At(new SetBlockStmt(CompileTarget(node.Target, scope), entry, body, filter, pending, MakeExports(node.Target, scope)), node);
    }

    private FilterBlockStmt CompileFilterBlock(FilterBlockNode node, Scope scope)
    {
        var inner = new Scope(scope.Function, new Symbols(scope.Function, scope.Symbols)) { InLoop = scope.InLoop };
        inner.Symbols.VisitAll(node.Children);
        var pending = new PendingEx { Slot = scope.Function.NewSlot() };
        var body = CompileBody(node.Body, inner);
        _lastLine = node.Line;
        return At(new FilterBlockStmt(MakeEntry(inner.Symbols), body, CompileFilter(node.Filter, inner, pending), pending), node);
    }

    private WithStmt CompileWith(WithNode node, Scope scope)
    {
        var line = _lastLine;
        var inner = scope.Inner();
        inner.Symbols.VisitAll(node.Targets);
        inner.Symbols.VisitAll(node.Body);
        var assignments = node.Targets.Zip(node.Values).Select(pair => (CompileTarget(pair.First, inner), Compile(pair.Second, scope))).ToArray();
        return new WithStmt(MakeEntry(inner.Symbols), assignments, CompileBody(node.Body, inner)) { Line = line, Start = node.Start };
    }

    private MacroCode CompileMacro(Node node, string? name, IReadOnlyList<NameNode> parameters, IReadOnlyList<Expression> defaults, IReadOnlyList<Statement> body, Scope scope)
    {
        var function = new FunctionScope(scope.Function);
        var inner = new Scope(function, new Symbols(function, scope.Symbols));
        IEnumerable<Node> parts = [.. parameters, .. defaults, .. body];
        inner.Symbols.VisitAll(parts);
        var code = new MacroCode { Name = name, Parameters = [.. parameters.Select(parameter => parameter.Name)], Line = node.Line, Start = node.Start };
        var explicitCaller = Array.LastIndexOf(code.Parameters, "caller");
        code.ExplicitCaller = explicitCaller >= 0;
        var undeclared = Undeclared.Find(body, "caller", "kwargs", "varargs");
        if (undeclared.Contains("caller"))
        {
            if (explicitCaller >= 0)
            {
                if (explicitCaller < parameters.Count - defaults.Count)
                {
                    throw Fail("When defining macros or call blocks the special \"caller\" argument must be omitted or be given a default.", node);
                }
            }
            else
            {
                code.CallerSlot = inner.Symbols.DeclareParameter("caller").Index;
            }

            code.AccessesCaller = true;
        }

        if (undeclared.Contains("kwargs") && !code.Parameters.Contains("kwargs", StringComparer.Ordinal))
        {
            code.KeywordsSlot = inner.Symbols.DeclareParameter("kwargs").Index;
        }

        if (undeclared.Contains("varargs") && !code.Parameters.Contains("varargs", StringComparer.Ordinal))
        {
            code.VarargsSlot = inner.Symbols.DeclareParameter("varargs").Index;
        }

        inner.Symbols.VisitAll(parts);
        var duplicate = code.Parameters.GroupBy(item => item, StringComparer.Ordinal).FirstOrDefault(group => group.Skip(1).Any());
        if (duplicate is not null)
        {
            throw Fail($"duplicate argument 'l_{inner.Symbols.Level}_{duplicate.Key}' in function definition", node, "SyntaxError");
        }

        code.Slots = [.. parameters.Select(parameter => inner.Symbols.Ref(parameter.Name).Index)];
        _lastLine = node.Line;
        code.Defaults = new Ex?[parameters.Count];
        for (var i = 0; i < defaults.Count; i++)
        {
            code.Defaults[parameters.Count - defaults.Count + i] = Compile(defaults[i], inner);
        }

        code.Entry = MakeEntry(inner.Symbols);
        code.Body = CompileBody(body, inner);
        code.SlotCount = function.SlotCount;
        return code;
    }

    private CallBlockStmt CompileCallBlock(CallBlockNode node, Scope scope)
    {
        var code = CompileMacro(node, null, node.Parameters, node.Defaults, node.Body, scope);
        _lastLine = node.Line;
        var call = new CallEx(Compile(node.Call.Callee, scope), CompileArguments(node.Call.Arguments, scope), node.Call.Line) { Raw = true, Caller = f => new JinjaMacro(code, f) };
        return At(new CallBlockStmt(code, call), node);
    }
}
