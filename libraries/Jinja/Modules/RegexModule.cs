using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Modules;

/// <summary><c>re</c>, on .NET's engine: patterns are rewritten to its dialect, and a search may take ten seconds.</summary>
internal static class RegexModule
{
    private static readonly Dictionary<string, long> Flags = new(StringComparer.Ordinal)
    {
        ["A"] = 256, ["ASCII"] = 256, ["I"] = 2, ["IGNORECASE"] = 2, ["M"] = 8, ["MULTILINE"] = 8, ["S"] = 16, ["DOTALL"] = 16,
        ["X"] = 64, ["VERBOSE"] = 64, ["U"] = 32, ["UNICODE"] = 32, ["L"] = 4, ["LOCALE"] = 4, ["DEBUG"] = 128, ["NOFLAG"] = 0,
    };

    public static JinjaObject Make()
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in Flags)
        {
            members[name] = new RegexFlag(Flags.Where(item => item.Value == value).MaxBy(item => item.Key.Length).Key, value);
        }

        foreach (var name in new[] { "match", "search", "fullmatch" })
        {
            Add(name, "pattern, string, flags=0", a => PythonRegex.Of(a[0], a[2]).Match(name, PythonRegex.Subject(a[1]), 0, null));
        }

        Add("findall", "pattern, string, flags=0", a => PythonRegex.Of(a[0], a[2]).FindAll(PythonRegex.Subject(a[1])));
        Add("finditer", "pattern, string, flags=0", a => PythonRegex.Of(a[0], a[2]).FindIter(PythonRegex.Subject(a[1])));
        Add("split", "pattern, string, maxsplit=0, flags=0", a => PythonRegex.Of(a[0], a[3]).Split(PythonRegex.Subject(a[1]), Ops.ToInt(a[2])));
        members["sub"] = new BuiltinFunction("sub", call => Sub(call, count: false));
        members["subn"] = new BuiltinFunction("subn", call => Sub(call, count: true));
        Add("compile", "pattern, flags=0", a => a[0] as PythonRegex ?? PythonRegex.Of(a[0], a[1]));
        Add("escape", "pattern", a => Escape(PythonRegex.Subject(a[0])));
        Add("purge", string.Empty, _ => null);
        members["error"] = new Members("type", "re.error", []);
        members["Pattern"] = new Members("type", "re.Pattern", []);
        members["Match"] = new Members("type", "re.Match", []);
        return new Members("module", "re", members);

        void Add(string name, string parameters, Func<object?[], object?> body) =>
            members[name] = new BuiltinFunction(name, call => body(Signature.Bind(name, Signature.Parse(parameters), call.Positional, call.Keywords)));
    }

    private static object? Sub(JinjaCall call, bool count)
    {
        var a = Signature.Bind(count ? "subn" : "sub", Signature.Parse("pattern, repl, string, count=0, flags=0"), call.Positional, call.Keywords);
        return PythonRegex.Of(a[0], a[4]).Sub(call, a[1], PythonRegex.Subject(a[2]), Ops.ToInt(a[3]), count);
    }

    private static string Escape(string text)
    {
        var result = new StringBuilder();
        foreach (var c in text)
        {
            if (c is '(' or ')' or '[' or ']' or '{' or '}' or '?' or '*' or '+' or '-' or '|' or '^' or '$' or '\\' or '.' or '&' or '~' or '#' or ' ' or '\t' or '\n' or '\r' or '\v' or '\f')
            {
                result.Append('\\');
            }

            result.Append(c);
        }

        return result.ToString();
    }
}

/// <summary>A compiled pattern.</summary>
internal sealed class PythonRegex : JinjaObject
{
    private static readonly ConcurrentDictionary<(string, long), PythonRegex> Cache = new();

    private readonly Regex _regex;
    private readonly Regex _anchored;
    private readonly Regex _full;
    private readonly Regex _advancing;
    private readonly long _flags;

    private PythonRegex(string pattern, long flags)
    {
        Pattern = pattern;
        _flags = flags;
        var options = RegexOptions.CultureInvariant;
        options |= (flags & 2) != 0 ? RegexOptions.IgnoreCase : RegexOptions.None;
        options |= (flags & 8) != 0 ? RegexOptions.Multiline : RegexOptions.None;
        options |= (flags & 16) != 0 ? RegexOptions.Singleline : RegexOptions.None;
        options |= (flags & 64) != 0 ? RegexOptions.IgnorePatternWhitespace : RegexOptions.None;
        var (translated, groups) = PatternTranslator.Translate(pattern, (flags & 256) != 0, (flags & 64) != 0);
        Groups = groups;
        try
        {
            var timeout = TimeSpan.FromSeconds(10);
            _regex = new Regex(translated, options, timeout);
            _anchored = new Regex($"\\G(?:{translated}{((flags & 64) != 0 ? "\n" : string.Empty)})", options, timeout);
            _full = new Regex($"\\G(?:{translated}{((flags & 64) != 0 ? "\n" : string.Empty)})\\z", options, timeout);
            _advancing = new Regex($"(?:{translated}{((flags & 64) != 0 ? "\n" : string.Empty)})(?!\\G)", options, timeout);
        }
        catch (ArgumentException error)
        {
            throw PatternTranslator.Error(error.Message, 0);
        }
    }

    public string Pattern { get; }

    /// <summary>The names of the groups by number; null for a group without a name.</summary>
    public List<string?> Groups { get; }

    public override string TypeName => "re.Pattern";

    public static PythonRegex Of(object? pattern, object? flags)
    {
        if (pattern is PythonRegex known)
        {
            return known;
        }

        if (!Ops.TryText(pattern, out var text))
        {
            throw Fault.Type("first argument must be string or compiled pattern");
        }

        var bits = flags is RegexFlag flag ? flag.Value : Ops.ToIndex(flags);
        if (Cache.Count > 1000)
        {
            Cache.Clear();
        }

        return Cache.GetOrAdd((text, bits), static key => new PythonRegex(key.Item1, key.Item2));
    }

    public static string Subject(object? value) => Ops.TryText(value, out var text) ? text : throw Fault.Type($"expected string or bytes-like object, got '{Types.Name(value)}'");

    public object? Match(string how, string text, int start, int? end)
    {
        text = end is { } limit && limit < text.Length ? text[..Math.Max(0, limit)] : text;
        var match = Run(() => (how switch { "match" => _anchored, "fullmatch" => _full, _ => _regex }).Match(text, Math.Clamp(start, 0, text.Length)));
        return match.Success ? new PythonMatch(this, match, text) : null;
    }

    public JinjaList FindAll(string text) => new(All(text).Select(match => Groups.Count switch
    {
        0 => (object?)match.Value,
        1 => match.Groups[1].Value,
        _ => new JinjaTuple([.. Enumerable.Range(1, Groups.Count).Select(i => (object?)match.Groups[i].Value)]),
    }));

    public JinjaGenerator FindIter(string text) => new(All(text).Select(match => (object?)new PythonMatch(this, match, text)), "finditer", "callable_iterator");

    public JinjaList Split(string text, int limit)
    {
        var result = new List<object?>();
        var start = 0;
        foreach (var match in All(text).Take(limit <= 0 ? int.MaxValue : limit))
        {
            result.Add(text[start..match.Index]);
            for (var i = 1; i <= Groups.Count; i++)
            {
                result.Add(match.Groups[i].Success ? match.Groups[i].Value : null);
            }

            start = match.Index + match.Length;
        }

        result.Add(text[start..]);
        return new JinjaList(result, own: true);
    }

    public object Sub(JinjaCall call, object? replacement, string text, int limit, bool withCount)
    {
        var isText = Ops.TryText(replacement, out var template);
        if (!isText && replacement is not JinjaObject { IsCallable: true })
        {
            throw Fault.Type($"decoding to str: need a bytes-like object, {Types.Name(replacement)} found");
        }

        var parts = isText ? ReplacementTemplate.Parse(template, this) : null;
        var result = new StringBuilder();
        var (start, count) = (0, 0L);
        foreach (var match in All(text).Take(limit <= 0 ? int.MaxValue : limit))
        {
            result.Append(text, start, match.Index - start);
            result.Append(parts is not null ? ReplacementTemplate.Expand(parts, match) : Subject(call.Context.Call(replacement, new PythonMatch(this, match, text))));
            start = match.Index + match.Length;
            count++;
            Ops.Guard(result.Length);
        }

        var done = result.Append(text, start, text.Length - start).ToString();
        return withCount ? new JinjaTuple(done, Boxed.Of(count)) : done;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "pattern" => Pattern,
            "flags" => Boxed.Of(_flags | 32),
            "groups" => Boxed.Of((long)Groups.Count),
            "groupindex" => Index(),
            "match" or "search" or "fullmatch" => Method("string, pos=0, endpos=None", (_, a) => Match(name, Subject(a[0]), Ops.ToInt(a[1]), a[2] is null ? null : Ops.ToInt(a[2]))),
            "findall" => Method("string", (_, a) => FindAll(Subject(a[0]))),
            "finditer" => Method("string", (_, a) => FindIter(Subject(a[0]))),
            "split" => Method("string, maxsplit=0", (_, a) => Split(Subject(a[0]), Ops.ToInt(a[1]))),
            "sub" => Method("repl, string, count=0", (call, a) => Sub(call, a[0], Subject(a[1]), Ops.ToInt(a[2]), withCount: false)),
            "subn" => Method("repl, string, count=0", (call, a) => Sub(call, a[0], Subject(a[1]), Ops.ToInt(a[2]), withCount: true)),
            _ => null,
        };
        return value is not null;

        object Method(string parameters, Func<JinjaCall, object?[], object?> body) =>
            new BuiltinFunction(name, call => body(call, Signature.Bind(name, Signature.Parse(parameters), call.Positional, call.Keywords)), "builtin_function_or_method");
    }

    public override string Repr() => $"re.compile({Runtime.Repr.Of(Pattern)}{((_flags & 2) != 0 ? ", re.IGNORECASE" : string.Empty)})";

    private JinjaDict Index()
    {
        var dict = new JinjaDict();
        for (var i = 0; i < Groups.Count; i++)
        {
            if (Groups[i] is { } name)
            {
                dict.Set(name, Boxed.Of(i + 1L));
            }
        }

        return dict;
    }

    /// <summary>All matches as Python finds them: an empty one may stand directly behind another match, and behind it the search goes on at the same place for one that is not empty.</summary>
    private IEnumerable<Match> All(string text)
    {
        var at = 0;
        var advance = false;
        while (true)
        {
            var (from, regex) = (at, advance ? _advancing : _regex);
            var match = Run(() => regex.Match(text, from));
            if (!match.Success)
            {
                yield break;
            }

            yield return match;
            at = match.Index + match.Length;
            advance = match.Length == 0;
        }
    }

    private static T Run<T>(Func<T> action)
    {
        try
        {
            return action();
        }
        catch (RegexMatchTimeoutException)
        {
            throw Fault.State("the regular expression took longer than ten seconds");
        }
    }
}

/// <summary>A flag such as <c>re.IGNORECASE</c>; flags are combined by adding them.</summary>
internal sealed class RegexFlag(string name, long value) : JinjaObject, IJinjaNumeric
{
    public long Value { get; } = value;

    public override string TypeName => "RegexFlag";

    public override bool IsTrue => Value != 0;

    public override string Repr() => $"re.{name}";

    public override bool ValueEquals(object? other) => other is RegexFlag flag ? flag.Value == Value : Equality.Same(Boxed.Of(Value), other);

    public override int ValueHash() => Value.GetHashCode();

    public bool Binary(string op, object? other, bool reflected, out object? result)
    {
        var number = other is RegexFlag flag ? Boxed.Of(flag.Value) : other;
        result = op == "+" && Ops.IsNumber(number) ? Ops.Add(Boxed.Of(Value), number) : null;
        return result is not null;
    }

    public bool Unary(char op, out object? result)
    {
        result = op == '+' ? Boxed.Of(Value) : null;
        return result is not null;
    }
}
