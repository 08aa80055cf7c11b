using System.Runtime.CompilerServices;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Syntax;

/*  The grammar of tags; expressions stand in Parser.Expressions.cs.

    template   = { data | "{{" tuple "}}" | "{%" tag "%}" }
    tag        = "set" target ("=" tuple | {filter} "%}" ... "{% endset") | "for" target "in" tuple ["if" expression] ["recursive"] ...
               | "if" | "with" | "autoescape" | "block" | "extends" | "include" | "import" | "from" | "macro" | "print" | "call" | "filter"
               | "do" | "break" | "continue" | (dbt) "materialization" | "docs" | "test"
    A tag that opens a body may end with a colon.
*/

/// <summary>Reads a template into a tree. Messages and lines are those of Jinja2 3.1.</summary>
internal sealed partial class Parser
{
    private const int MaxDepth = 400;

    private readonly TokenStream _stream;
    private readonly string? _name;
    private readonly string _source;
    private readonly JinjaOptions _options;
    private readonly List<string> _tagStack = [];
    private readonly List<string[]> _endTokens = [];
    private int _depth;

    private Parser(string source, string? name, JinjaOptions options)
    {
        _source = source;
        _name = name;
        _options = options;
        _stream = new TokenStream(new Lexer(source, options.TrimBlocks, options.LstripBlocks, options.NewlineSequence), source);
    }

    public static TemplateNode Parse(string source, string? name, JinjaOptions options)
    {
        source = Lexer.Normalize(source, options.KeepTrailingNewline);
        try
        {
            var parser = new Parser(source, name, options);
            var body = parser.SubParse(null);
            return new TemplateNode(name, source, body) { Line = 1 };
        }
        catch (JinjaException error)
        {
            error.Name(name);
            throw;
        }
    }

    private JinjaException Fail(string reason, int? line = null, int? at = null, string pythonType = "TemplateSyntaxError") =>
        _stream.Fail(reason, line ?? _stream.Current.Line, at ?? _stream.Current.Start, pythonType);

    private static T At<T>(T node, int line, int start)
        where T : Node
    {
        node.Line = line;
        node.Start = start;
        return node;
    }

    private void Enter()
    {
        if (++_depth > MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fail("too deeply nested", pythonType: "RecursionError");
        }
    }

    private JinjaException FailEnd(string? tag, int? line)
    {
        var message = tag is null ? "Unexpected end of template." : $"Encountered unknown tag {Repr.Of(tag)}.";
        if (_endTokens.Count > 0)
        {
            var looking = string.Join(" or ", _endTokens[^1].Select(name => Repr.Of(name)));
            message += tag is not null && _endTokens.Exists(names => names.Contains(tag, StringComparer.Ordinal))
                ? $" You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for {looking}."
                : $" Jinja was looking for the following tags: {looking}.";
        }

        if (_tagStack.Count > 0)
        {
            message += $" The innermost block that needs to be closed is {Repr.Of(_tagStack[^1])}.";
        }

        return Fail(message, line);
    }

    private List<Statement> SubParse(string[]? endTokens)
    {
        var body = new List<Statement>();
        var data = new List<Expression>();
        if (endTokens is not null)
        {
            _endTokens.Add(endTokens);
        }

        Enter();
        while (_stream.Current.Type != TokenType.Eof)
        {
            var token = _stream.Current;
            if (token.Type == TokenType.Data)
            {
                data.Add(At(new DataNode(token.Text), token.Line, token.Start));
                _stream.Next();
            }
            else if (token.Type == TokenType.VariableBegin)
            {
                _stream.Next();
                data.Add(ParseTuple());
                _stream.Expect(TokenType.VariableEnd);
            }
            else
            {
                Flush();
                _stream.Next();
                if (endTokens is not null && _stream.Current.Type == TokenType.Name && Array.IndexOf(endTokens, _stream.Current.Text) >= 0)
                {
                    _endTokens.RemoveAt(_endTokens.Count - 1);
                    _depth--;
                    return body;
                }

                body.Add(ParseStatement());
                _stream.Expect(TokenType.BlockEnd);
            }
        }

        Flush();
        if (endTokens is not null)
        {
            _endTokens.RemoveAt(_endTokens.Count - 1);
        }

        _depth--;
        return body;

        void Flush()
        {
            if (data.Count > 0)
            {
                body.Add(At(new OutputNode(data.ToArray()), data[0].Line, data[0].Start));
                data.Clear();
            }
        }
    }

    private List<Statement> ParseStatements(string[] endTokens, bool dropNeedle)
    {
        // The first token may be a colon, for those who come from Python.
        _stream.SkipIf(TokenType.Colon);
        _stream.Expect(TokenType.BlockEnd);
        var result = SubParse(endTokens);
        if (_stream.Current.Type == TokenType.Eof)
        {
            _endTokens.Add(endTokens);
            throw FailEnd(null, null);
        }

        if (dropNeedle)
        {
            _stream.Next();
        }

        return result;
    }

    private Statement ParseStatement()
    {
        var token = _stream.Current;
        if (token.Type != TokenType.Name)
        {
            throw Fail("tag name expected", token.Line);
        }

        _tagStack.Add(token.Text);
        Statement? node = token.Text switch
        {
            "for" => ParseFor(),
            "if" => ParseIf(),
            "set" => ParseSet(),
            "macro" => ParseMacro(),
            "call" => ParseCallBlock(),
            "do" => ParseDo(),
            "filter" => ParseFilterBlock(),
            "with" => ParseWith(),
            "block" => ParseBlock(),
            "extends" => ParseExtends(),
            "include" => ParseInclude(),
            "import" => ParseImport(),
            "from" => ParseFrom(),
            "print" => ParsePrint(),
            "autoescape" => ParseAutoescape(),
            "break" => ParseLoopControl(new BreakNode()),
            "continue" => ParseLoopControl(new ContinueNode()),
            "materialization" when _options.DbtExtensions => ParseMaterialization(),
            "docs" when _options.DbtExtensions => ParseDocs(),
            "test" when _options.DbtExtensions => ParseTestBlock(),
            _ => null,
        };
        _tagStack.RemoveAt(_tagStack.Count - 1);
        return node ?? throw FailEnd(token.Text, token.Line);
    }

    private Statement ParseLoopControl(Statement node)
    {
        var token = _stream.Next();
        return At(node, token.Line, token.Start);
    }

    private DoNode ParseDo()
    {
        var token = _stream.Next();
        return At(new DoNode(ParseTuple()), token.Line, token.Start);
    }

    private Statement ParseSet()
    {
        var token = _stream.Next();
        var target = ParseAssignTarget(withNamespace: true);
        if (_stream.SkipIf(TokenType.Assign))
        {
            return At(new SetNode(target, ParseTuple()), token.Line, token.Start);
        }

        var filter = ParseFilter(null, startInline: false);
        var body = ParseStatements(["endset"], dropNeedle: true);
        return At(new SetBlockNode(target, (FilterNode?)filter, body), token.Line, token.Start);
    }

    private ForNode ParseFor()
    {
        var token = _stream.Next();
        var target = ParseAssignTarget(endName: "in");
        _stream.ExpectName("in");
        var iterable = ParseTuple(withConditional: false, endName: "recursive");
        Expression? test = null;
        if (_stream.SkipIfName("if"))
        {
            test = ParseExpression();
        }

        var recursive = _stream.SkipIfName("recursive");
        var body = ParseStatements(["endfor", "else"], dropNeedle: false);
        List<Statement> elseBody = _stream.Next().IsName("endfor") ? [] : ParseStatements(["endfor"], dropNeedle: true);
        return At(new ForNode(target, iterable, body, elseBody, test, recursive), token.Line, token.Start);
    }

    private IfNode ParseIf()
    {
        var token = _stream.Next();
        var (line, start) = (token.Line, token.Start);
        IfNode? result = null;
        var branches = new List<IfNode>();
        while (true)
        {
            var test = ParseTuple(withConditional: false);
            var body = ParseStatements(["elif", "else", "endif"], dropNeedle: false);
            var node = At(new IfNode(test, body), line, start);
            if (result is null)
            {
                result = node;
            }
            else
            {
                branches.Add(node);
            }

            var end = _stream.Next();
            if (end.IsName("elif"))
            {
                (line, start) = (_stream.Current.Line, _stream.Current.Start);
                continue;
            }

            if (end.IsName("else"))
            {
                result.Else = ParseStatements(["endif"], dropNeedle: true);
            }

            break;
        }

        result.ElseIfs = branches;
        return result;
    }

    private WithNode ParseWith()
    {
        var token = _stream.Next();
        var targets = new List<Expression>();
        var values = new List<Expression>();
        while (_stream.Current.Type != TokenType.BlockEnd)
        {
            if (targets.Count > 0)
            {
                _stream.Expect(TokenType.Comma);
            }

            var target = ParseAssignTarget();
            SetUse(target, NameUse.Param);
            targets.Add(target);
            _stream.Expect(TokenType.Assign);
            values.Add(ParseExpression());
        }

        var body = ParseStatements(["endwith"], dropNeedle: true);
        return At(new WithNode(targets, values, body), token.Line, token.Start);
    }

    private AutoescapeNode ParseAutoescape()
    {
        var token = _stream.Next();
        var on = ParseExpression();
        var body = ParseStatements(["endautoescape"], dropNeedle: true);
        return At(new AutoescapeNode(on, body), token.Line, token.Start);
    }

    private BlockNode ParseBlock()
    {
        var token = _stream.Next();
        var name = _stream.Expect(TokenType.Name).Text;
        var scoped = _stream.SkipIfName("scoped");
        var required = _stream.SkipIfName("required");
        if (_stream.Current.Type == TokenType.Sub)
        {
            throw Fail("Block names in Jinja have to be valid Python identifiers and may not contain hyphens, use an underscore instead.");
        }

        var body = ParseStatements(["endblock"], dropNeedle: true);
        if (required && body.Exists(node => node is not OutputNode output || output.Nodes.Any(part => part is not DataNode data || !data.Text.All(Text.IsSpace))))
        {
            throw Fail("Required blocks can only contain comments or whitespace");
        }

        _stream.SkipIfName(name);
        return At(new BlockNode(name, body, scoped, required), token.Line, token.Start);
    }

    private ExtendsNode ParseExtends()
    {
        var token = _stream.Next();
        return At(new ExtendsNode(ParseExpression()), token.Line, token.Start);
    }

    private bool ParseImportContext(bool byDefault)
    {
        if ((_stream.Current.IsName("with") || _stream.Current.IsName("without")) && _stream.Look().IsName("context"))
        {
            var with = _stream.Next().IsName("with");
            _stream.Skip(1);
            return with;
        }

        return byDefault;
    }

    private IncludeNode ParseInclude()
    {
        var token = _stream.Next();
        var template = ParseExpression();
        var ignoreMissing = false;
        if (_stream.Current.IsName("ignore") && _stream.Look().IsName("missing"))
        {
            ignoreMissing = true;
            _stream.Skip(2);
        }

        return At(new IncludeNode(template, ignoreMissing, ParseImportContext(byDefault: true)), token.Line, token.Start);
    }

    private ImportNode ParseImport()
    {
        var token = _stream.Next();
        var template = ParseExpression();
        _stream.ExpectName("as");
        var target = ParseNameTarget().Name;
        return At(new ImportNode(template, target, ParseImportContext(byDefault: false)), token.Line, token.Start);
    }

    private FromImportNode ParseFrom()
    {
        var token = _stream.Next();
        var template = ParseExpression();
        _stream.ExpectName("import");
        var names = new List<(string, string)>();
        bool? context = null;
        while (true)
        {
            if (names.Count > 0)
            {
                _stream.Expect(TokenType.Comma);
            }

            if (_stream.Current.Type != TokenType.Name)
            {
                _stream.Expect(TokenType.Name);
            }

            if (Context())
            {
                break;
            }

            var target = ParseNameTarget();
            if (target.Name.StartsWith('_'))
            {
                throw Fail("names starting with an underline can not be imported", target.Line, target.Start, "TemplateAssertionError");
            }

            names.Add((target.Name, _stream.SkipIfName("as") ? ParseNameTarget().Name : target.Name));
            if (Context() || _stream.Current.Type != TokenType.Comma)
            {
                break;
            }
        }

        return At(new FromImportNode(template, names, context ?? false), token.Line, token.Start);

        bool Context()
        {
            if ((_stream.Current.IsName("with") || _stream.Current.IsName("without")) && _stream.Look().IsName("context"))
            {
                context = _stream.Next().IsName("with");
                _stream.Skip(1);
                return true;
            }

            return false;
        }
    }

    private OutputNode ParsePrint()
    {
        var token = _stream.Next();
        var nodes = new List<Expression>();
        while (_stream.Current.Type != TokenType.BlockEnd)
        {
            if (nodes.Count > 0)
            {
                _stream.Expect(TokenType.Comma);
            }

            nodes.Add(ParseExpression());
        }

        return At(new OutputNode(nodes), token.Line, token.Start);
    }

    private FilterBlockNode ParseFilterBlock()
    {
        var token = _stream.Next();
        var filter = (FilterNode)ParseFilter(null, startInline: true)!;
        var body = ParseStatements(["endfilter"], dropNeedle: true);
        return At(new FilterBlockNode(filter, body), token.Line, token.Start);
    }

    private CallBlockNode ParseCallBlock()
    {
        var token = _stream.Next();
        var parameters = new List<NameNode>();
        var defaults = new List<Expression>();
        if (_stream.Current.Type == TokenType.LParen)
        {
            ParseSignature(parameters, defaults, null);
        }

        if (ParseExpression() is not CallNode call)
        {
            throw Fail("expected call", token.Line, token.Start);
        }

        var body = ParseStatements(["endcall"], dropNeedle: true);
        return At(new CallBlockNode(call, parameters, defaults, body), token.Line, token.Start);
    }
}
