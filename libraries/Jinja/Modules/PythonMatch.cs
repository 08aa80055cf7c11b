using System.Text.RegularExpressions;
using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Modules;

/// <summary>What a search found.</summary>
internal sealed class PythonMatch(PythonRegex pattern, Match match, string text) : JinjaObject
{
    public override string TypeName => "re.Match";

    public override bool IsTrue => true;

    public override bool TryGetItem(object? key, out object? value)
    {
        value = Group(key);
        return true;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "group" => Method(call => call.Positional.Length switch
            {
                0 => match.Value,
                1 => Group(call.Positional[0]),
                _ => new JinjaTuple([.. call.Positional.Select(Group)]),
            }),
            "groups" => Method(call => new JinjaTuple([.. Enumerable.Range(1, pattern.Groups.Count).Select(i => Value(match.Groups[i], call.Get(0, "default")))])),
            "groupdict" => Method(call =>
            {
                var dict = new JinjaDict();
                for (var i = 0; i < pattern.Groups.Count; i++)
                {
                    if (pattern.Groups[i] is { } groupName)
                    {
                        dict.Set(groupName, Value(match.Groups[i + 1], call.Get(0, "default")));
                    }
                }

                return dict;
            }),
            "start" => Method(call => Place(Found(call.Get(0, "group", Boxed.Zero)), end: false)),
            "end" => Method(call => Place(Found(call.Get(0, "group", Boxed.Zero)), end: true)),
            "span" => Method(call => Found(call.Get(0, "group", Boxed.Zero)) is var group ? new JinjaTuple(Place(group, end: false), Place(group, end: true)) : null),
            "expand" => Method(call => ReplacementTemplate.Expand(ReplacementTemplate.Parse(PythonRegex.Subject(call.Positional[0]), pattern), match)),
            "string" => text,
            "pos" => Boxed.Zero,
            "endpos" => Boxed.Of((long)Runtime.Text.Length(text)),
            "re" => pattern,
            "lastindex" => Last() is var last and > 0 ? Boxed.Of((long)last) : null,
            "lastgroup" => Last() is var last and > 0 ? pattern.Groups[last - 1] : null,
            _ => Missing.Value,
        };
        var found = !ReferenceEquals(value, Missing.Value);
        value = found ? value : null;
        return found;

        object Method(JinjaCallable body) => new BuiltinFunction(name, body, "builtin_function_or_method");
    }

    public override string Repr() => $"<re.Match object; span=({Place(match, end: false)}, {Place(match, end: true)}), match={Runtime.Repr.Of(match.Value)}>";

    private int Last() => Enumerable.Range(1, pattern.Groups.Count).Where(i => match.Groups[i].Success).OrderByDescending(i => match.Groups[i].Index + match.Groups[i].Length).ThenBy(i => i).FirstOrDefault();

    private object? Group(object? key) => Value(Found(key), null);

    private Group Found(object? key)
    {
        if (Ops.TryText(key, out var name))
        {
            var index = pattern.Groups.IndexOf(name);
            return index >= 0 ? match.Groups[index + 1] : throw Fault.Index("no such group");
        }

        return Ops.TryIndex(key, out var number) && number >= 0 && number <= pattern.Groups.Count ? match.Groups[(int)number] : throw Fault.Index("no such group");
    }

    private static object? Value(Group group, object? otherwise) => group.Success ? group.Value : otherwise;

    private object Place(Capture group, bool end) => group is Group { Success: false } ? Boxed.Of(-1L) : Boxed.Of((long)Runtime.Text.Index(text, group.Index + (end ? group.Length : 0)));
}

/// <summary>The replacement of <c>sub</c>: <c>\1</c>, <c>\g&lt;name&gt;</c> and escapes.</summary>
internal static class ReplacementTemplate
{
    public static List<(string? Text, int Group)> Parse(string template, PythonRegex pattern)
    {
        var parts = new List<(string?, int)>();
        var text = new System.Text.StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] != '\\' || i + 1 >= template.Length)
            {
                if (template[i] == '\\')
                {
                    throw PatternTranslator.Error("bad escape (end of pattern)", i);
                }

                text.Append(template[i]);
                continue;
            }

            var c = template[++i];
            if (c == 'g')
            {
                var end = i + 1 < template.Length && template[i + 1] == '<' ? template.IndexOf('>', i) : -1;
                if (end < 0)
                {
                    throw PatternTranslator.Error(i + 1 < template.Length && template[i + 1] == '<' ? "missing >, unterminated name" : "missing <", i + 1);
                }

                var name = template[(i + 2)..end];
                i = end;
                Add(name.Length > 0 && name.All(char.IsAsciiDigit) ? int.Parse(name) : pattern.Groups.IndexOf(name) is var index and >= 0 ? index + 1 : throw Fault.Index($"unknown group name {Repr.Of(name)}"));
            }
            else if (c == '0')
            {
                var end = i + 1;
                while (end < template.Length && end < i + 3 && template[end] is >= '0' and <= '7')
                {
                    end++;
                }

                text.Append((char)(Convert.ToInt32(template[i..end], 8) & 0xff));
                i = end - 1;
            }
            else if (char.IsAsciiDigit(c))
            {
                var number = c - '0';
                if (i + 1 < template.Length && char.IsAsciiDigit(template[i + 1]))
                {
                    number = (number * 10) + (template[++i] - '0');
                }

                Add(number);
            }
            else
            {
                text.Append(c switch
                {
                    'n' => "\n",
                    't' => "\t",
                    'r' => "\r",
                    'a' => "\a",
                    'f' => "\f",
                    'v' => "\v",
                    'b' => "\b",
                    '\\' => "\\",
                    _ => char.IsAsciiLetter(c) ? throw PatternTranslator.Error($"bad escape \\{c}", i - 1) : $"\\{c}",
                });
            }
        }

        parts.Add((text.ToString(), 0));
        return parts;

        void Add(int group)
        {
            if (group > pattern.Groups.Count)
            {
                throw PatternTranslator.Error($"invalid group reference {group}", 1);
            }

            parts.Add((text.ToString(), 0));
            text.Clear();
            parts.Add((null, group));
        }
    }

    public static string Expand(List<(string? Text, int Group)> parts, Match match) => string.Concat(parts.Select(part => part.Text ?? match.Groups[part.Group].Value));
}
