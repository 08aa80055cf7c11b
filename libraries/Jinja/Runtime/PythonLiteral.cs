using System.Globalization;
using System.Numerics;
using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Python's <c>ast.literal_eval</c>: numbers, texts, tuples, lists, dicts, sets, None, True, False.</summary>
internal sealed class PythonLiteral
{
    private readonly string _text;
    private int _at;

    private PythonLiteral(string text) => _text = text;

    public static bool TryParse(string text, out object? value)
    {
        value = null;
        var body = text.TrimStart(' ', '\t');
        if (body.Length == 0 || body[0] is '\n' or '\r')
        {
            return false;
        }

        try
        {
            var parser = new PythonLiteral(body);
            value = parser.Top();
            return true;
        }
        catch (FormatException)
        {
            return false;
        }
        catch (JinjaException)
        {
            return false;
        }
    }

    private object? Top()
    {
        var first = Value(0);
        Skip(newlines: false);
        if (_at < _text.Length && _text[_at] == ',')
        {
            var items = new List<object?> { first };
            while (_at < _text.Length && _text[_at] == ',')
            {
                _at++;
                Skip(newlines: false);
                if (_at >= _text.Length || _text[_at] == '\n')
                {
                    break;
                }

                items.Add(Value(0));
                Skip(newlines: false);
            }

            first = new JinjaTuple([.. items]);
        }

        Skip(newlines: true);
        return _at == _text.Length ? first : throw new FormatException();
    }

    private void Skip(bool newlines)
    {
        while (_at < _text.Length && (_text[_at] is ' ' or '\t' or '\f' || (newlines && _text[_at] is '\n' or '\r' && newlines)))
        {
            _at++;
        }
    }

    private bool Take(char c)
    {
        Skip(newlines: true);
        if (_at < _text.Length && _text[_at] == c)
        {
            _at++;
            return true;
        }

        return false;
    }

    private object? Value(int depth)
    {
        if (depth > 90)
        {
            throw new FormatException();
        }

        Skip(newlines: depth > 0);
        if (_at >= _text.Length)
        {
            throw new FormatException();
        }

        var c = _text[_at];
        switch (c)
        {
            case '[':
                _at++;
                return new JinjaList(Items(']', depth, out _));
            case '(':
                {
                    _at++;
                    var items = Items(')', depth, out var comma);
                    return items.Count == 1 && !comma ? items[0] : new JinjaTuple([.. items]);
                }

            case '{':
                return Braces(depth);
            case '-' or '+':
                {
                    _at++;
                    var number = Value(depth + 1);
                    return number is bool || !Ops.IsNumber(number) ? throw new FormatException() : c == '-' ? Ops.Negate(number) : number;
                }

            case '\'' or '"':
                return Texts();
            default:
                return char.IsAsciiDigit(c) || c == '.' ? Number() : Word();
        }
    }

    private List<object?> Items(char close, int depth, out bool comma)
    {
        var items = new List<object?>();
        comma = false;
        while (!Take(close))
        {
            if (items.Count > 0)
            {
                if (!Take(','))
                {
                    throw new FormatException();
                }

                comma = true;
                if (Take(close))
                {
                    break;
                }
            }

            items.Add(Value(depth + 1));
        }

        return items;
    }

    private object Braces(int depth)
    {
        _at++;
        if (Take('}'))
        {
            return new JinjaDict();
        }

        var first = Value(depth + 1);
        if (!Take(':'))
        {
            var items = new List<object?> { first };
            if (!Take('}'))
            {
                if (!Take(','))
                {
                    throw new FormatException();
                }

                items.AddRange(Items('}', depth, out _));
            }

            return new JinjaSet(items);
        }

        var dict = new JinjaDict();
        dict.Set(first, Value(depth + 1));
        while (!Take('}'))
        {
            if (!Take(','))
            {
                throw new FormatException();
            }

            if (Take('}'))
            {
                break;
            }

            var key = Value(depth + 1);
            if (!Take(':'))
            {
                throw new FormatException();
            }

            dict.Set(key, Value(depth + 1));
        }

        return dict;
    }

    private string Texts()
    {
        var result = string.Empty;
        while (_at < _text.Length && _text[_at] is '\'' or '"' && _at < _text.Length)
        {
            var quote = _text[_at];
            var triple = string.CompareOrdinal(_text, _at, new string(quote, 3), 0, 3) == 0;
            var start = _at + (triple ? 3 : 1);
            var end = start;
            while (true)
            {
                if (end >= _text.Length || (!triple && _text[end] == '\n'))
                {
                    throw new FormatException();
                }

                if (_text[end] == '\\')
                {
                    end += 2;
                    continue;
                }

                if (triple ? string.CompareOrdinal(_text, end, new string(quote, 3), 0, 3) == 0 : _text[end] == quote)
                {
                    break;
                }

                end++;
            }

            result += StringEscapes.Decode(_text.AsSpan(start, end - start), "\n");
            _at = end + (triple ? 3 : 1);
            Skip(newlines: false);
            if (_at >= _text.Length)
            {
                break;
            }
        }

        return result;
    }

    private object Number()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '.' or '_' || (_text[_at] is '+' or '-' && _text[_at - 1] is 'e' or 'E' && !_text.AsSpan(start).StartsWith("0x"))))
        {
            _at++;
        }

        var text = _text[start.._at];
        if (text.All(c => char.IsAsciiDigit(c) || c == '_') || text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) || text.StartsWith("0o", StringComparison.OrdinalIgnoreCase) || text.StartsWith("0b", StringComparison.OrdinalIgnoreCase))
        {
            return Numbers.ParseInt(text, 0) ?? throw new FormatException();
        }

        return char.IsAsciiLetter(text[0]) || !Numbers.TryParseFloat(text, out var number) ? throw new FormatException() : number;
    }

    private object? Word()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        return _text[start.._at] switch
        {
            "None" => null,
            "True" => Boxed.True,
            "False" => Boxed.False,
            "set" when Take('(') && Take(')') => new JinjaSet(),
            _ => throw new FormatException(),
        };
    }
}
