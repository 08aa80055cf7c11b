using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Builtins;

/// <summary>Python's <c>pprint.pformat</c> with its defaults: 80 columns, sorted keys.</summary>
internal static class PrettyPrinter
{
    private const int Width = 80;

    public static string Format(object? value) => Write(value, 0, 0);

    private static string Write(object? value, int indent, int allowance)
    {
        var text = Flat(value);
        if (text.Length <= Width - indent - allowance)
        {
            return text;
        }

        switch (value)
        {
            case JinjaDict { Count: > 0 } dict:
                return "{" + string.Join(",\n" + new string(' ', indent + 1), Sorted(dict).Select((entry, i) =>
                {
                    var key = Repr.Of(entry.Key);
                    return key + ": " + Write(entry.Value, indent + key.Length + 3, i == dict.Count - 1 ? allowance + 1 : 1);
                })) + "}";
            case JinjaList { Count: > 0 } list:
                return "[" + Items(list.Items, indent + 1, allowance + 1) + "]";
            case JinjaTuple { Count: > 0 } tuple:
                return "(" + Items(tuple.Items, indent + 1, allowance + (tuple.Count == 1 ? 2 : 1)) + (tuple.Count == 1 ? ",)" : ")");
            case string source when source.Length > 0:
                return Words(source, indent, allowance);
            default:
                return text;
        }
    }

    private static string Items(IReadOnlyList<object?> items, int indent, int allowance) =>
        string.Join(",\n" + new string(' ', indent), items.Select((item, i) => Write(item, indent, i == items.Count - 1 ? allowance : 1)));

    private static string Words(string text, int indent, int allowance)
    {
        var top = indent == 0;
        if (top)
        {
            indent++;
            allowance++;
        }

        var lines = Runtime.Text.SplitLines(text, keepEnds: true);
        var chunks = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            var whole = Repr.Of(lines[i]);
            var room = Width - indent - (i == lines.Count - 1 ? allowance : 0);
            if (whole.Length <= room)
            {
                chunks.Add(whole);
                continue;
            }

            var current = string.Empty;
            var parts = System.Text.RegularExpressions.Regex.Matches(lines[i], @"\S*\s*", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(2)).Select(match => match.Value).Where(part => part.Length > 0).ToList();
            for (var j = 0; j < parts.Count; j++)
            {
                var limit = j == parts.Count - 1 && i == lines.Count - 1 ? Width - indent - allowance : Width - indent;
                if (Repr.Of(current + parts[j]).Length > limit)
                {
                    if (current.Length > 0)
                    {
                        chunks.Add(Repr.Of(current));
                    }

                    current = parts[j];
                }
                else
                {
                    current += parts[j];
                }
            }

            if (current.Length > 0)
            {
                chunks.Add(Repr.Of(current));
            }
        }

        if (chunks.Count == 1)
        {
            return chunks[0];
        }

        var joined = string.Join("\n" + new string(' ', indent), chunks);
        return top ? "(" + joined + ")" : joined;
    }

    private static string Flat(object? value) => value switch
    {
        JinjaDict dict => "{" + string.Join(", ", Sorted(dict).Select(entry => $"{Flat(entry.Key)}: {Flat(entry.Value)}")) + "}",
        JinjaList list => "[" + string.Join(", ", list.Items.Select(Flat)) + "]",
        JinjaTuple tuple => "(" + string.Join(", ", tuple.Items.Select(Flat)) + (tuple.Count == 1 ? ",)" : ")"),
        _ => Repr.Of(value),
    };

    private static List<KeyValuePair<object?, object?>> Sorted(JinjaDict dict)
    {
        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        var items = dict.Entries.ToList();
        items = [.. items.OrderBy(entry => entry.Key, Comparer<object?>.Create((left, right) =>
        {
            try
            {
                return Ops.Less(left, right) ? -1 : Ops.Less(right, left) ? 1 : 0;
            }
            catch (JinjaException)
            {
                return string.CompareOrdinal(Types.Name(left), Types.Name(right));
            }
        }))];
        return items;
    }
}
