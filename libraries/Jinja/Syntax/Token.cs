namespace FhirAspire.Jinja.Syntax;

internal enum TokenType
{
    Eof,
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Add,
    Assign,
    Colon,
    Comma,
    Div,
    Dot,
    Eq,
    FloorDiv,
    Gt,
    GtEq,
    LBrace,
    LBracket,
    LParen,
    Lt,
    LtEq,
    Mod,
    Mul,
    Ne,
    Pipe,
    Pow,
    RBrace,
    RBracket,
    RParen,
    Semicolon,
    Sub,
    Tilde,
}

internal readonly struct Token(TokenType type, string text, object? value, int line, int start, int end)
{
    public readonly TokenType Type = type;
    public readonly string Text = text;
    public readonly object? Value = value;
    public readonly int Line = line;
    public readonly int Start = start;
    public readonly int End = end;

    public bool IsName(string name) => Type == TokenType.Name && string.Equals(Text, name, StringComparison.Ordinal);

    public string Describe() => Type == TokenType.Name ? Text : Describe(Type);

    public static string Describe(TokenType type) => type switch
    {
        TokenType.Eof => "end of template",
        TokenType.Data => "template data / text",
        TokenType.VariableBegin => "begin of print statement",
        TokenType.VariableEnd => "end of print statement",
        TokenType.BlockBegin => "begin of statement block",
        TokenType.BlockEnd => "end of statement block",
        TokenType.Name => "name",
        TokenType.String => "string",
        TokenType.Integer => "integer",
        TokenType.Float => "float",
        TokenType.Add => "+",
        TokenType.Assign => "=",
        TokenType.Colon => ":",
        TokenType.Comma => ",",
        TokenType.Div => "/",
        TokenType.Dot => ".",
        TokenType.Eq => "==",
        TokenType.FloorDiv => "//",
        TokenType.Gt => ">",
        TokenType.GtEq => ">=",
        TokenType.LBrace => "{",
        TokenType.LBracket => "[",
        TokenType.LParen => "(",
        TokenType.Lt => "<",
        TokenType.LtEq => "<=",
        TokenType.Mod => "%",
        TokenType.Mul => "*",
        TokenType.Ne => "!=",
        TokenType.Pipe => "|",
        TokenType.Pow => "**",
        TokenType.RBrace => "}",
        TokenType.RBracket => "]",
        TokenType.RParen => ")",
        TokenType.Semicolon => ";",
        TokenType.Sub => "-",
        _ => "~",
    };
}
