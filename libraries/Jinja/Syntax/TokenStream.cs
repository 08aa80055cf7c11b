namespace FhirAspire.Jinja.Syntax;

/// <summary>The tokens of a template with one token of look-ahead.</summary>
internal sealed class TokenStream
{
    private readonly Lexer _lexer;
    private readonly string _source;
    private Token _ahead;
    private bool _hasAhead;

    public TokenStream(Lexer lexer, string source)
    {
        _lexer = lexer;
        _source = source;
        Current = new Token(TokenType.Eof, string.Empty, null, 1, 0, 0);
        Advance();
    }

    public Token Current;

    /// <summary>The end offset of the token before the current one.</summary>
    public int LastEnd { get; private set; }

    public Token Next()
    {
        var token = Current;
        Advance();
        return token;
    }

    public Token Look()
    {
        if (!_hasAhead)
        {
            _ahead = Read();
            _hasAhead = true;
        }

        return _ahead;
    }

    public void Skip(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Advance();
        }
    }

    public bool SkipIf(TokenType type)
    {
        if (Current.Type != type)
        {
            return false;
        }

        Advance();
        return true;
    }

    public bool SkipIfName(string name)
    {
        if (!Current.IsName(name))
        {
            return false;
        }

        Advance();
        return true;
    }

    public Token Expect(TokenType type)
    {
        if (Current.Type != type)
        {
            throw Unexpected(Token.Describe(type));
        }

        return Next();
    }

    public Token ExpectName(string name)
    {
        if (!Current.IsName(name))
        {
            throw Unexpected(name);
        }

        return Next();
    }

    public JinjaException Fail(string reason, int line, int at, string pythonType = "TemplateSyntaxError")
    {
        var column = at == 0 ? 1 : at - _source.LastIndexOf('\n', Math.Min(at, _source.Length) - 1);
        return Fault.Syntax(reason, pythonType).At(null, line, column, _source);
    }

    private JinjaException Unexpected(string expected)
    {
        if (Current.Type == TokenType.Eof)
        {
            return Fail($"unexpected end of template, expected {Runtime.Repr.Of(expected)}.", Current.Line, Current.Start);
        }

        return Fail($"expected token {Runtime.Repr.Of(expected)}, got {Runtime.Repr.Of(Current.Describe())}", Current.Line, Current.Start);
    }

    private void Advance()
    {
        LastEnd = Current.End;
        if (_hasAhead)
        {
            Current = _ahead;
            _hasAhead = false;
        }
        else if (Current.Type != TokenType.Eof || Current.End == 0)
        {
            Current = Read();
        }
    }

    private Token Read() =>
        // The end of the template counts as the line on which the last token before it starts.
        _lexer.Next(out var token) ? token : new Token(TokenType.Eof, string.Empty, null, _hasAhead ? _ahead.Line : Current.Line, _source.Length, Math.Max(1, _source.Length));
}
