namespace FhirAspire.Jinja.Syntax;

/*  tuple      = expression { "," expression } [","]
    expression = or { "if" or ["else" expression] }
    or         = and { "or" and }          and = not { "and" not }          not = "not" not | compare
    compare    = math1 { ("==" | "!=" | "<" | "<=" | ">" | ">=" | "in" | "not" "in") math1 }
    math1      = concat { ("+" | "-") concat }    concat = math2 { "~" math2 }
    math2      = pow { ("*" | "/" | "//" | "%") pow }    pow = unary { "**" unary }
    unary      = ("-" | "+") unary-without-filters postfix filters | primary postfix filters
    postfix    = { "." (name | integer) | "[" subscript "]" | "(" arguments ")" }
    filters    = { "|" name ["(" arguments ")"] | "is" ["not"] name [arguments | primary postfix] | "(" arguments ")" }
*/

/// <content>Expressions.</content>
internal sealed partial class Parser
{
    private static void SetUse(Expression target, NameUse use)
    {
        foreach (var node in target.DescendantsAndSelf())
        {
            if (node is NameNode name)
            {
                name.Use = use;
            }
        }
    }

    private NameNode ParseNameTarget()
    {
        var token = _stream.Expect(TokenType.Name);
        var target = At(new NameNode(token.Text, NameUse.Store), token.Line, token.Start);
        return target.CanAssign ? target : throw Fail($"can't assign to '{target.PythonName}'", target.Line, target.Start);
    }

    private Expression ParseAssignTarget(string? endName = null, bool withNamespace = false)
    {
        var target = ParseTuple(simplified: true, endName: endName, withNamespace: withNamespace);
        SetUse(target, NameUse.Store);
        return target.CanAssign ? target : throw Fail($"can't assign to '{target.PythonName}'", target.Line, target.Start);
    }

    private Expression ParseTuple(bool simplified = false, bool withConditional = true, string? endName = null, bool explicitParentheses = false, bool withNamespace = false)
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        List<Expression>? items = null;
        Expression? first = null;
        var isTuple = false;
        while (true)
        {
            if (first is not null)
            {
                _stream.Expect(TokenType.Comma);
            }

            if (_stream.Current.Type is TokenType.VariableEnd or TokenType.BlockEnd or TokenType.RParen || (endName is not null && _stream.Current.IsName(endName)))
            {
                break;
            }

            var item = simplified ? ParsePrimary(withNamespace) : ParseExpression(withConditional);
            if (first is null)
            {
                first = item;
            }
            else
            {
                (items ??= [first]).Add(item);
            }

            if (_stream.Current.Type != TokenType.Comma)
            {
                break;
            }

            isTuple = true;
            line = _stream.Current.Line;
        }

        if (!isTuple)
        {
            if (first is not null)
            {
                return first;
            }

            if (!explicitParentheses)
            {
                throw Fail($"Expected an expression, got '{_stream.Current.Describe()}'");
            }
        }

        return At(new TupleNode(items ?? (first is null ? [] : [first])), line, start);
    }

    private Expression ParseExpression(bool withConditional = true) => withConditional ? ParseConditional() : ParseOr();

    private Expression ParseConditional()
    {
        Enter();
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        var value = ParseOr();
        var chain = 0;
        while (_stream.SkipIfName("if"))
        {
            var test = ParseOr();
            var otherwise = _stream.SkipIfName("else") ? ParseConditional() : null;
            value = At(new ConditionalNode(test, value, otherwise), line, start);
            CheckChain(++chain);
            line = _stream.Current.Line;
        }

        _depth--;
        return value;
    }

    private Expression ParseOr()
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        var left = ParseAnd();
        var chain = 0;
        while (_stream.SkipIfName("or"))
        {
            left = At(new BinaryNode(BinaryOperator.Or, left, ParseAnd()), line, start);
            CheckChain(++chain);
            line = _stream.Current.Line;
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        var left = ParseNot();
        var chain = 0;
        while (_stream.SkipIfName("and"))
        {
            left = At(new BinaryNode(BinaryOperator.And, left, ParseNot()), line, start);
            CheckChain(++chain);
            line = _stream.Current.Line;
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!_stream.Current.IsName("not"))
        {
            return ParseCompare();
        }

        Enter();
        var token = _stream.Next();
        var node = At(new UnaryNode(UnaryOperator.Not, ParseNot()), token.Line, token.Start);
        _depth--;
        return node;
    }

    private Expression ParseCompare()
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        var first = ParseMath1();
        List<(CompareOperator, Expression)>? rest = null;
        while (true)
        {
            CompareOperator op;
            switch (_stream.Current.Type)
            {
                case TokenType.Eq:
                    op = CompareOperator.Equal;
                    break;
                case TokenType.Ne:
                    op = CompareOperator.NotEqual;
                    break;
                case TokenType.Lt:
                    op = CompareOperator.Less;
                    break;
                case TokenType.LtEq:
                    op = CompareOperator.LessOrEqual;
                    break;
                case TokenType.Gt:
                    op = CompareOperator.Greater;
                    break;
                case TokenType.GtEq:
                    op = CompareOperator.GreaterOrEqual;
                    break;
                case TokenType.Name when _stream.Current.IsName("in"):
                    op = CompareOperator.In;
                    break;
                case TokenType.Name when _stream.Current.IsName("not") && _stream.Look().IsName("in"):
                    op = CompareOperator.NotIn;
                    _stream.Skip(1);
                    break;
                default:
                    return rest is null ? first : At(new CompareNode(first, rest), line, start);
            }

            _stream.Skip(1);
            (rest ??= []).Add((op, ParseMath1()));
            line = _stream.Current.Line;
        }
    }

    private Expression ParseMath1()
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        var left = ParseConcat();
        var chain = 0;
        while (_stream.Current.Type is TokenType.Add or TokenType.Sub)
        {
            var op = _stream.Next().Type == TokenType.Add ? BinaryOperator.Add : BinaryOperator.Subtract;
            left = At(new BinaryNode(op, left, ParseConcat()), line, start);
            CheckChain(++chain);
            line = _stream.Current.Line;
        }

        return left;
    }

    private Expression ParseConcat()
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        var first = ParseMath2();
        if (_stream.Current.Type != TokenType.Tilde)
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (_stream.SkipIf(TokenType.Tilde))
        {
            items.Add(ParseMath2());
        }

        return At(new ConcatNode(items), line, start);
    }

    private Expression ParseMath2()
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        var left = ParsePow();
        var chain = 0;
        while (_stream.Current.Type is TokenType.Mul or TokenType.Div or TokenType.FloorDiv or TokenType.Mod)
        {
            var op = _stream.Next().Type switch
            {
                TokenType.Mul => BinaryOperator.Multiply,
                TokenType.Div => BinaryOperator.Divide,
                TokenType.FloorDiv => BinaryOperator.FloorDivide,
                _ => BinaryOperator.Modulo,
            };
            left = At(new BinaryNode(op, left, ParsePow()), line, start);
            CheckChain(++chain);
            line = _stream.Current.Line;
        }

        return left;
    }

    private Expression ParsePow()
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        var left = ParseUnary();
        var chain = 0;
        while (_stream.SkipIf(TokenType.Pow))
        {
            left = At(new BinaryNode(BinaryOperator.Power, left, ParseUnary()), line, start);
            CheckChain(++chain);
            line = _stream.Current.Line;
        }

        return left;
    }

    private Expression ParseUnary(bool withFilter = true)
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        Expression node;
        if (_stream.Current.Type is TokenType.Sub or TokenType.Add)
        {
            Enter();
            var op = _stream.Next().Type == TokenType.Sub ? UnaryOperator.Minus : UnaryOperator.Plus;
            node = At(new UnaryNode(op, ParseUnary(withFilter: false)), line, start);
            _depth--;
        }
        else
        {
            node = ParsePrimary(withNamespace: false);
        }

        node = ParsePostfix(node);
        return withFilter ? ParseFilterExpression(node) : node;
    }

    private Expression ParsePrimary(bool withNamespace)
    {
        var token = _stream.Current;
        switch (token.Type)
        {
            case TokenType.Name:
                _stream.Next();
                switch (token.Text)
                {
                    case "true" or "True":
                        return At(new ConstNode(Runtime.Boxed.True), token.Line, token.Start);
                    case "false" or "False":
                        return At(new ConstNode(Runtime.Boxed.False), token.Line, token.Start);
                    case "none" or "None":
                        return At(new ConstNode(null), token.Line, token.Start);
                }

                if (withNamespace && _stream.SkipIf(TokenType.Dot))
                {
                    return At(new NamespaceRefNode(token.Text, _stream.Expect(TokenType.Name).Text), token.Line, token.Start);
                }

                return At(new NameNode(token.Text, NameUse.Load), token.Line, token.Start);

            case TokenType.String:
                {
                    _stream.Next();
                    var text = token.Text;
                    while (_stream.Current.Type == TokenType.String)
                    {
                        text += _stream.Next().Text;
                    }

                    return At(new ConstNode(text), token.Line, token.Start);
                }

            case TokenType.Integer or TokenType.Float:
                _stream.Next();
                return At(new ConstNode(token.Value), token.Line, token.Start);

            case TokenType.LParen:
                {
                    Enter();
                    _stream.Next();
                    var node = ParseTuple(explicitParentheses: true);
                    _stream.Expect(TokenType.RParen);
                    _depth--;
                    return node;
                }

            case TokenType.LBracket:
                return ParseList();

            case TokenType.LBrace:
                return ParseDict();

            default:
                throw Fail($"unexpected '{token.Describe()}'", token.Line);
        }
    }

    private ListNode ParseList()
    {
        Enter();
        var token = _stream.Expect(TokenType.LBracket);
        var items = new List<Expression>();
        while (_stream.Current.Type != TokenType.RBracket)
        {
            if (items.Count > 0)
            {
                _stream.Expect(TokenType.Comma);
                if (_stream.Current.Type == TokenType.RBracket)
                {
                    break;
                }
            }

            items.Add(ParseExpression());
        }

        _stream.Expect(TokenType.RBracket);
        _depth--;
        return At(new ListNode(items), token.Line, token.Start);
    }

    private DictNode ParseDict()
    {
        Enter();
        var token = _stream.Expect(TokenType.LBrace);
        var items = new List<(Expression, Expression)>();
        while (_stream.Current.Type != TokenType.RBrace)
        {
            if (items.Count > 0)
            {
                _stream.Expect(TokenType.Comma);
                if (_stream.Current.Type == TokenType.RBrace)
                {
                    break;
                }
            }

            var key = ParseExpression();
            _stream.Expect(TokenType.Colon);
            items.Add((key, ParseExpression()));
        }

        _stream.Expect(TokenType.RBrace);
        _depth--;
        return At(new DictNode(items), token.Line, token.Start);
    }

    private Expression ParsePostfix(Expression node)
    {
        var chain = 0;
        while (true)
        {
            switch (_stream.Current.Type)
            {
                case TokenType.Dot or TokenType.LBracket:
                    node = ParseSubscript(node);
                    break;
                case TokenType.LParen:
                    node = ParseCall(node);
                    break;
                default:
                    return node;
            }

            CheckChain(++chain);
        }
    }

    private Expression ParseFilterExpression(Expression node)
    {
        var chain = 0;
        while (true)
        {
            switch (_stream.Current.Type)
            {
                case TokenType.Pipe:
                    node = ParseFilter(node, startInline: false)!;
                    break;
                case TokenType.Name when _stream.Current.IsName("is"):
                    node = ParseTest(node);
                    break;
                case TokenType.LParen:
                    node = ParseCall(node);
                    break;
                default:
                    return node;
            }

            CheckChain(++chain);
        }
    }

    private void CheckChain(int length)
    {
        if (length > 1000)
        {
            throw Fail("too deeply nested", pythonType: "RecursionError");
        }
    }

    private Expression ParseSubscript(Expression node)
    {
        var token = _stream.Next();
        if (token.Type == TokenType.Dot)
        {
            var attribute = _stream.Next();
            return attribute.Type switch
            {
                TokenType.Name => At(new AttributeNode(node, attribute.Text), token.Line, node.Start),
                TokenType.Integer => At(new ItemNode(node, At(new ConstNode(attribute.Value), attribute.Line, attribute.Start)), token.Line, node.Start),
                _ => throw Fail("expected name or number", attribute.Line, attribute.Start),
            };
        }

        Enter();
        var keys = new List<Expression>();
        while (_stream.Current.Type != TokenType.RBracket)
        {
            if (keys.Count > 0)
            {
                _stream.Expect(TokenType.Comma);
            }

            keys.Add(ParseSubscribed());
        }

        _stream.Expect(TokenType.RBracket);
        _depth--;
        var key = keys.Count == 1 ? keys[0] : At(new TupleNode(keys), token.Line, token.Start);
        return At(new ItemNode(node, key), token.Line, node.Start);
    }

    private Expression ParseSubscribed()
    {
        var (line, start) = (_stream.Current.Line, _stream.Current.Start);
        Expression? first = null;
        if (_stream.Current.Type == TokenType.Colon)
        {
            _stream.Next();
        }
        else
        {
            first = ParseExpression();
            if (_stream.Current.Type != TokenType.Colon)
            {
                return first;
            }

            _stream.Next();
        }

        var stop = _stream.Current.Type is TokenType.Colon or TokenType.RBracket or TokenType.Comma ? null : ParseExpression();
        Expression? step = null;
        if (_stream.SkipIf(TokenType.Colon) && _stream.Current.Type is not (TokenType.RBracket or TokenType.Comma))
        {
            step = ParseExpression();
        }

        return At(new SliceNode(first, stop, step), line, start);
    }

    private ArgumentsNode ParseArguments()
    {
        var open = _stream.Expect(TokenType.LParen);
        if (_stream.SkipIf(TokenType.RParen))
        {
            return ArgumentsNode.None;
        }

        Enter();
        var positional = new List<Expression>();
        var keywords = new List<(string, Expression)>();
        Expression? star = null;
        Expression? doubleStar = null;
        var comma = false;
        while (_stream.Current.Type != TokenType.RParen)
        {
            if (comma)
            {
                _stream.Expect(TokenType.Comma);
                if (_stream.Current.Type == TokenType.RParen)
                {
                    break;
                }
            }

            if (_stream.Current.Type == TokenType.Mul)
            {
                Ensure(star is null && doubleStar is null);
                _stream.Next();
                star = ParseExpression();
            }
            else if (_stream.Current.Type == TokenType.Pow)
            {
                Ensure(doubleStar is null);
                _stream.Next();
                doubleStar = ParseExpression();
            }
            else if (_stream.Current.Type == TokenType.Name && _stream.Look().Type == TokenType.Assign)
            {
                Ensure(doubleStar is null);
                var key = _stream.Current.Text;
                _stream.Skip(2);
                keywords.Add((key, ParseExpression()));
            }
            else
            {
                Ensure(star is null && doubleStar is null && keywords.Count == 0);
                positional.Add(ParseExpression());
            }

            comma = true;
        }

        _stream.Expect(TokenType.RParen);
        _depth--;
        return new ArgumentsNode(positional, keywords, star, doubleStar);

        void Ensure(bool ok)
        {
            if (!ok)
            {
                throw Fail("invalid syntax for function call expression", open.Line, open.Start);
            }
        }
    }

    private CallNode ParseCall(Expression node)
    {
        var line = _stream.Current.Line;
        return At(new CallNode(node, ParseArguments()), line, node.Start);
    }

    private Expression? ParseFilter(Expression? node, bool startInline)
    {
        var chain = 0;
        while (_stream.Current.Type == TokenType.Pipe || startInline)
        {
            if (!startInline)
            {
                _stream.Next();
            }

            var token = _stream.Expect(TokenType.Name);
            var name = DottedName(token.Text);
            var arguments = _stream.Current.Type == TokenType.LParen ? ParseArguments() : ArgumentsNode.None;
            node = At(new FilterNode(node, name, arguments), token.Line, token.Start);
            startInline = false;
            CheckChain(++chain);
        }

        return node;
    }

    private string DottedName(string name)
    {
        while (_stream.SkipIf(TokenType.Dot))
        {
            name += "." + _stream.Expect(TokenType.Name).Text;
        }

        return name;
    }

    private Expression ParseTest(Expression node)
    {
        var token = _stream.Next();
        var negated = _stream.SkipIfName("not");
        var name = DottedName(_stream.Expect(TokenType.Name).Text);
        var arguments = ArgumentsNode.None;
        if (_stream.Current.Type == TokenType.LParen)
        {
            arguments = ParseArguments();
        }
        else if (_stream.Current.Type is TokenType.Name or TokenType.String or TokenType.Integer or TokenType.Float or TokenType.LBracket or TokenType.LBrace
            && !(_stream.Current.IsName("else") || _stream.Current.IsName("or") || _stream.Current.IsName("and")))
        {
            if (_stream.Current.IsName("is"))
            {
                throw Fail("You cannot chain multiple tests with is");
            }

            arguments = new ArgumentsNode([ParsePostfix(ParsePrimary(withNamespace: false))], [], null, null);
        }

        Expression test = At(new TestNode(node, name, arguments), token.Line, node.Start);
        return negated ? At(new UnaryNode(UnaryOperator.Not, test), token.Line, node.Start) : test;
    }
}
