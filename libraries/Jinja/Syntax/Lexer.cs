using System.Globalization;
using System.Numerics;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Syntax;

/// <summary>Cuts a source into tokens, on demand: what stands behind a syntax error is never looked at, as in Jinja2.</summary>
internal sealed class Lexer
{
    private readonly string _source;
    private readonly bool _trimBlocks;
    private readonly bool _lstripBlocks;
    private readonly string _newline;
    private readonly Stack<char> _brackets = new();
    private readonly Dictionary<int, string> _names = [];
    private int _pos;
    private int _line = 1;
    private bool _lineStarting = true;
    private State _state;
    private Token _queued;
    private bool _hasQueued;

    public Lexer(string source, bool trimBlocks, bool lstripBlocks, string newline)
    {
        _source = source;
        _trimBlocks = trimBlocks;
        _lstripBlocks = lstripBlocks;
        _newline = newline;
    }

    private enum State
    {
        Root,
        Block,
        Variable,
    }

    /// <summary>Line ends become LF, and one final line end is dropped unless it is to be kept.</summary>
    public static string Normalize(string source, bool keepTrailingNewline)
    {
        if (source.Contains('\r'))
        {
            source = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        }

        return !keepTrailingNewline && source.EndsWith('\n') ? source[..^1] : source;
    }

    /// <summary>The next token; false at the end of the source.</summary>
    public bool Next(out Token token)
    {
        if (_hasQueued)
        {
            token = _queued;
            _hasQueued = false;
            return true;
        }

        return _state == State.Root ? NextInRoot(out token) : NextInTag(out token);
    }

    private bool NextInRoot(out Token token)
    {
        while (_pos < _source.Length)
        {
            var tag = FindTag(_pos);
            if (tag < 0)
            {
                var rest = _source[_pos..];
                token = new Token(TokenType.Data, Newlines(rest), null, _line, _pos, _source.Length);
                _pos = _source.Length;
                return true;
            }

            var kind = _source[tag + 1];
            var after = tag + 2;
            var sign = after < _source.Length && _source[after] is ('-' or '+') ? _source[after] : '\0';

            var bodyStart = sign == '\0' ? after : after + 1;
            var textStart = _pos;
            var textEnd = tag;
            if (sign == '-')
            {
                while (textEnd > textStart && Text.IsSpace(_source[textEnd - 1]))
                {
                    textEnd--;
                }
            }
            else if (sign != '+' && _lstripBlocks && kind != '{')
            {
                var lineStart = tag == textStart ? textStart : _source.LastIndexOf('\n', tag - 1, tag - textStart) + 1;
                lineStart = Math.Max(lineStart, textStart);
                if ((lineStart > textStart || _lineStarting) && lineStart < tag && IsBlank(lineStart, tag))
                {
                    textEnd = lineStart;
                }
            }

            var textLine = _line;
            _line += Count(_pos, tag);
            _pos = bodyStart;
            var hasText = textEnd > textStart;
            var text = hasText ? new Token(TokenType.Data, Newlines(_source[textStart..textEnd]), null, textLine, textStart, textEnd) : default;

            switch (kind)
            {
                case '#':
                    // The text before an unclosed comment is never parsed further, so the error may come first.
                    if (hasText)
                    {
                        var savedLine = _line;
                        SkipComment(savedLine);
                        token = text;
                        return true;
                    }

                    SkipComment(_line);
                    continue;

                case '%' when IsRaw(bodyStart, out var rawBody):
                    {
                        _line += Count(bodyStart, rawBody);
                        var raw = ReadRaw(rawBody);
                        if (hasText)
                        {
                            Queue(raw);
                            token = text;
                            return true;
                        }

                        if (raw.Type == TokenType.Data)
                        {
                            token = raw;
                            return true;
                        }

                        continue;
                    }

                default:
                    {
                        _state = kind == '%' ? State.Block : State.Variable;
                        _lineStarting = false;
                        var begin = new Token(kind == '%' ? TokenType.BlockBegin : TokenType.VariableBegin, string.Empty, null, _line, tag, bodyStart);
                        if (hasText)
                        {
                            Queue(begin);
                            token = text;
                        }
                        else
                        {
                            token = begin;
                        }

                        return true;
                    }
            }
        }

        token = default;
        return false;
    }

    private void Queue(Token token)
    {
        if (token.Type != TokenType.Eof)
        {
            _queued = token;
            _hasQueued = true;
        }
    }

    private int FindTag(int from)
    {
        while (from < _source.Length - 1)
        {
            var at = _source.IndexOf('{', from);
            if (at < 0 || at + 1 >= _source.Length)
            {
                return -1;
            }

            if (_source[at + 1] is '%' or '{' or '#')
            {
                return at;
            }

            from = at + 1;
        }

        return -1;
    }

    private void SkipComment(int startLine)
    {
        var from = _pos;
        var end = _source.IndexOf("#}", from, StringComparison.Ordinal);
        if (end < 0)
        {
            if (_pos >= _source.Length)
            {
                return;
            }

            throw Fail("Missing end of comment tag", startLine, _pos);
        }

        _pos = end + 2;
        if (end > from && _source[end - 1] == '-')
        {
            SkipSpace();
        }
        else if (!(end > from && _source[end - 1] == '+') && _trimBlocks && _pos < _source.Length && _source[_pos] == '\n')
        {
            _pos++;
        }

        _line += Count(from, _pos);
        _lineStarting = _source[_pos - 1] == '\n';
    }

    private bool IsRaw(int from, out int body)
    {
        body = 0;
        var p = SkipSpaceFrom(from);
        if (string.CompareOrdinal(_source, p, "raw", 0, 3) != 0)
        {
            return false;
        }

        p = SkipSpaceFrom(p + 3);
        if (string.CompareOrdinal(_source, p, "-%}", 0, 3) == 0)
        {
            body = SkipSpaceFrom(p + 3);
            return true;
        }

        body = p + 2;
        return string.CompareOrdinal(_source, p, "%}", 0, 2) == 0;
    }

    private Token ReadRaw(int from)
    {
        _pos = from;
        if (from >= _source.Length)
        {
            return default;
        }

        var search = from;
        while (true)
        {
            var tag = _source.IndexOf("{%", search, StringComparison.Ordinal);
            if (tag < 0)
            {
                throw Fail("Missing end of raw directive", _line, from);
            }

            search = tag + 2;
            var p = tag + 2;
            var sign = p < _source.Length && _source[p] is ('-' or '+') ? _source[p] : '\0';
            if (sign != '\0')
            {
                p++;
            }

            p = SkipSpaceFrom(p);
            if (string.CompareOrdinal(_source, p, "endraw", 0, 6) != 0)
            {
                continue;
            }

            p = SkipSpaceFrom(p + 6);
            int end;
            if (string.CompareOrdinal(_source, p, "-%}", 0, 3) == 0)
            {
                end = SkipSpaceFrom(p + 3);
            }
            else if (string.CompareOrdinal(_source, p, "+%}", 0, 3) == 0)
            {
                end = p + 3;
            }
            else if (string.CompareOrdinal(_source, p, "%}", 0, 2) == 0)
            {
                end = p + 2;
                if (_trimBlocks && end < _source.Length && _source[end] == '\n')
                {
                    end++;
                }
            }
            else
            {
                continue;
            }

            var textEnd = tag;
            if (sign == '-')
            {
                while (textEnd > from && Text.IsSpace(_source[textEnd - 1]))
                {
                    textEnd--;
                }
            }
            else if (sign != '+' && _lstripBlocks)
            {
                var lineStart = tag == from ? from : _source.LastIndexOf('\n', tag - 1, tag - from) + 1;
                lineStart = Math.Max(lineStart, from);
                var startsLine = lineStart > from || from > 0 && _source[from - 1] == '\n';
                if (startsLine && lineStart < tag && IsBlank(lineStart, tag))
                {
                    textEnd = lineStart;
                }
            }

            var line = _line;
            _line += Count(from, end);
            _pos = end;
            _lineStarting = _source[end - 1] == '\n';
            return textEnd > from ? new Token(TokenType.Data, Newlines(_source[from..textEnd]), null, line, from, textEnd) : default;
        }
    }

    private bool NextInTag(out Token token)
    {
        var start = SkipSpaceFrom(_pos);
        _line += Count(_pos, start);
        _pos = start;
        if (start >= _source.Length)
        {
            token = default;
            return false;
        }

        if (_brackets.Count == 0 && EndOfTag(start) is var end and > 0)
        {
            token = new Token(_state == State.Block ? TokenType.BlockEnd : TokenType.VariableEnd, string.Empty, null, _line, start, end);
            _line += Count(start, end);
            _pos = end;
            _state = State.Root;
            _lineStarting = _source[end - 1] == '\n';
            return true;
        }

        var c = _source[start];
        if (char.IsAsciiDigit(c))
        {
            token = Number(start);
        }
        else if (IsWord(c) || (char.IsSurrogate(c) && WordLength(start) > 0))
        {
            token = Name(start);
        }
        else if (c is '\'' or '"' && StringEnd(start) is var close and > 0)
        {
            var raw = _source.AsSpan(start + 1, close - start - 2);
            string value;
            try
            {
                value = StringEscapes.Decode(raw, _newline);
            }
            catch (FormatException bad)
            {
                throw Fail(bad.Message, _line, start);
            }

            token = new Token(TokenType.String, value, value, _line, start, close);
            _line += Count(start, close);
            _pos = close;
        }
        else
        {
            token = Operator(start);
        }

        return true;
    }

    private int EndOfTag(int at)
    {
        var last = _state == State.Block ? '%' : '}';
        var c = _source[at];
        if (c == last)
        {
            if (at + 1 < _source.Length && _source[at + 1] == '}')
            {
                var end = at + 2;
                if (_state == State.Block && _trimBlocks && end < _source.Length && _source[end] == '\n')
                {
                    end++;
                }

                return end;
            }
        }
        else if ((c == '-' || (c == '+' && _state == State.Block)) && at + 2 < _source.Length && _source[at + 1] == last && _source[at + 2] == '}')
        {
            return c == '-' ? SkipSpaceFrom(at + 3) : at + 3;
        }

        return 0;
    }

    private Token Number(int start)
    {
        var isFloat = false;
        var p = start;
        if (FloatEnd(start) is var floatEnd and > 0 && !(start > 0 && _source[start - 1] == '.'))
        {
            isFloat = true;
            p = floatEnd;
        }
        else
        {
            p = IntegerEnd(start);
        }

        if (p == start)
        {
            return Name(start);
        }

        var text = _source[start..p];
        var digits = text.Replace("_", string.Empty, StringComparison.Ordinal);
        object? value;
        if (isFloat)
        {
            value = double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
        }
        else
        {
            value = ParseInteger(digits);
        }

        _pos = p;
        return new Token(isFloat ? TokenType.Float : TokenType.Integer, text, value, _line, start, p);
    }

    private object ParseInteger(string digits)
    {
        var radix = digits.Length > 2 && digits[0] == '0' ? char.ToLowerInvariant(digits[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        if (radix == 10)
        {
            if (long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var small))
            {
                return Boxed.Of(small);
            }

            if (digits.Length > 4300)
            {
                throw Fail($"Exceeds the limit (4300 digits) for integer string conversion: value has {digits.Length} digits; use sys.set_int_max_str_digits() to increase the limit", _line, _pos);
            }

            return BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        }

        var big = BigInteger.Zero;
        foreach (var digit in digits.AsSpan(2))
        {
            big = (big * radix) + Convert.ToInt32(digit.ToString(), 16);
        }

        return Boxed.Of(big);
    }

    private int DigitsEnd(int p)
    {
        // (\d+_)*\d+
        var start = p;
        while (p < _source.Length && char.IsAsciiDigit(_source[p]))
        {
            p++;
        }

        if (p == start)
        {
            return start;
        }

        while (p + 1 < _source.Length && _source[p] == '_' && char.IsAsciiDigit(_source[p + 1]))
        {
            p++;
            while (p < _source.Length && char.IsAsciiDigit(_source[p]))
            {
                p++;
            }
        }

        return p;
    }

    private int FloatEnd(int start)
    {
        var p = DigitsEnd(start);
        if (p == start)
        {
            return 0;
        }

        var hasFraction = false;
        if (p + 1 < _source.Length && _source[p] == '.' && char.IsAsciiDigit(_source[p + 1]))
        {
            p = DigitsEnd(p + 1);
            hasFraction = true;
        }

        if (p < _source.Length && _source[p] is 'e' or 'E')
        {
            var exponent = p + 1;
            if (exponent < _source.Length && _source[exponent] is '+' or '-')
            {
                exponent++;
            }

            var end = exponent < _source.Length ? DigitsEnd(exponent) : exponent;
            if (end > exponent)
            {
                return end;
            }
        }

        return hasFraction ? p : 0;
    }

    private int IntegerEnd(int start)
    {
        if (_source[start] == '0')
        {
            if (start + 1 < _source.Length)
            {
                Func<char, bool>? accepts = _source[start + 1] switch
                {
                    'b' or 'B' => c => c is '0' or '1',
                    'o' or 'O' => c => c is >= '0' and <= '7',
                    'x' or 'X' => char.IsAsciiHexDigit,
                    _ => null,
                };
                if (accepts is not null && Run(start + 2, accepts) is var end && end > start + 2)
                {
                    return end;
                }
            }

            return Run(start + 1, c => c == '0');
        }

        return Run(start + 1, char.IsAsciiDigit);
    }

    /// <summary>The end of <c>(_?x)*</c>.</summary>
    private int Run(int p, Func<char, bool> accepts)
    {
        while (p < _source.Length)
        {
            if (accepts(_source[p]))
            {
                p++;
            }
            else if (_source[p] == '_' && p + 1 < _source.Length && accepts(_source[p + 1]))
            {
                p += 2;
            }
            else
            {
                break;
            }
        }

        return p;
    }

    private Token Name(int start)
    {
        var p = start;
        var ascii = true;
        while (p < _source.Length)
        {
            var c = _source[p];
            if (char.IsAsciiLetterOrDigit(c) || c == '_')
            {
                p++;
            }
            else if (c > 127 && WordLength(p) is var length and > 0)
            {
                ascii = false;
                p += length;
            }
            else
            {
                break;
            }
        }

        if (p == start)
        {
            throw Unexpected(start);
        }

        var span = _source.AsSpan(start, p - start);
        var hash = string.GetHashCode(span);
        if (!_names.TryGetValue(hash, out var text) || !span.SequenceEqual(text))
        {
            text = span.ToString();
            _names[hash] = text;
        }

        if (char.IsAsciiDigit(text[0]) || (!ascii && !Identifiers.IsIdentifier(text)))
        {
            throw Fail("Invalid character in identifier", _line, start);
        }

        _pos = p;
        return new Token(TokenType.Name, text, text, _line, start, p);
    }

    private static bool IsWord(char c) => c < 128 ? char.IsAsciiLetter(c) || c == '_' : char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    private int WordLength(int at)
    {
        var c = _source[at];
        if (char.IsHighSurrogate(c) && at + 1 < _source.Length && char.IsLowSurrogate(_source[at + 1]))
        {
            return Identifiers.IsWord(char.ConvertToUtf32(c, _source[at + 1])) ? 2 : 0;
        }

        return Identifiers.IsWord(c) ? 1 : 0;
    }

    private int StringEnd(int start)
    {
        var quote = _source[start];
        for (var p = start + 1; p < _source.Length; p++)
        {
            if (_source[p] == '\\')
            {
                p++;
            }
            else if (_source[p] == quote)
            {
                return p + 1;
            }
        }

        return 0;
    }

    private Token Operator(int start)
    {
        var c = _source[start];
        var next = start + 1 < _source.Length ? _source[start + 1] : '\0';
        var (type, length) = (c, next) switch
        {
            ('/', '/') => (TokenType.FloorDiv, 2),
            ('*', '*') => (TokenType.Pow, 2),
            ('=', '=') => (TokenType.Eq, 2),
            ('!', '=') => (TokenType.Ne, 2),
            ('>', '=') => (TokenType.GtEq, 2),
            ('<', '=') => (TokenType.LtEq, 2),
            ('+', _) => (TokenType.Add, 1),
            ('-', _) => (TokenType.Sub, 1),
            ('/', _) => (TokenType.Div, 1),
            ('*', _) => (TokenType.Mul, 1),
            ('%', _) => (TokenType.Mod, 1),
            ('~', _) => (TokenType.Tilde, 1),
            ('[', _) => (TokenType.LBracket, 1),
            (']', _) => (TokenType.RBracket, 1),
            ('(', _) => (TokenType.LParen, 1),
            (')', _) => (TokenType.RParen, 1),
            ('{', _) => (TokenType.LBrace, 1),
            ('}', _) => (TokenType.RBrace, 1),
            ('>', _) => (TokenType.Gt, 1),
            ('<', _) => (TokenType.Lt, 1),
            ('=', _) => (TokenType.Assign, 1),
            ('.', _) => (TokenType.Dot, 1),
            (':', _) => (TokenType.Colon, 1),
            ('|', _) => (TokenType.Pipe, 1),
            (',', _) => (TokenType.Comma, 1),
            (';', _) => (TokenType.Semicolon, 1),
            _ => throw Unexpected(start),
        };
        switch (c)
        {
            case '(':
                _brackets.Push(')');
                break;
            case '[':
                _brackets.Push(']');
                break;
            case '{':
                _brackets.Push('}');
                break;
            case ')' or ']' or '}':
                if (!_brackets.TryPop(out var expected))
                {
                    throw Fail($"unexpected '{c}'", _line, start);
                }

                if (expected != c)
                {
                    throw Fail($"unexpected '{c}', expected '{expected}'", _line, start);
                }

                break;
        }

        _pos = start + length;
        return new Token(type, string.Empty, null, _line, start, _pos);
    }

    private JinjaException Unexpected(int at)
    {
        var c = char.IsHighSurrogate(_source[at]) && at + 1 < _source.Length ? _source.Substring(at, 2) : _source[at].ToString();
        return Fail($"unexpected char {Repr.Of(c)} at {CodePointOffset(at)}", _line, at);
    }

    private int CodePointOffset(int at) => at - _source.AsSpan(0, at).CountSurrogatePairs();

    private JinjaException Fail(string reason, int line, int at) =>
        Fault.Syntax(reason).At(null, line, ColumnOf(at), _source);

    private int ColumnOf(int at) => at == 0 ? 1 : at - _source.LastIndexOf('\n', Math.Min(at, _source.Length) - 1);

    private bool IsBlank(int from, int to)
    {
        for (var p = from; p < to; p++)
        {
            if (!Text.IsSpace(_source[p]))
            {
                return false;
            }
        }

        return true;
    }

    private void SkipSpace() => _pos = SkipSpaceFrom(_pos);

    private int SkipSpaceFrom(int p)
    {
        while (p < _source.Length && Text.IsSpace(_source[p]))
        {
            p++;
        }

        return p;
    }

    private int Count(int from, int to) => from >= to ? 0 : _source.AsSpan(from, to - from).Count('\n');

    private string Newlines(string text) => _newline == "\n" ? text : text.Replace("\n", _newline, StringComparison.Ordinal);
}
