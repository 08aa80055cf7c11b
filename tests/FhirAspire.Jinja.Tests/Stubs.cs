using YamlDotNet.RepresentationModel;

namespace FhirAspire.Jinja.Tests;

/// <summary>The context functions that cases ask for.</summary>
internal static class Stubs
{
    public static void Add(JinjaDict context, YamlMappingNode stubs)
    {
        foreach (var (key, value) in stubs)
        {
            var path = ((YamlScalarNode)key).Value!.Split('.');
            var target = context;
            foreach (var part in path[..^1])
            {
                if (!target.TryGetValue(part, out var next))
                {
                    next = new JinjaDict();
                    target[part] = next;
                }

                target = (JinjaDict)next!;
            }

            target[path[^1]] = Make(path[^1], (YamlMappingNode)value, context);
        }
    }

    private static JinjaFunction Make(string name, YamlMappingNode stub, JinjaDict context)
    {
        var kind = stub.Children.Select(pair => ((YamlScalarNode)pair.Key).Value!).First(key => key != "default");
        var body = CaseFile.Find(stub, kind)!;
        return kind switch
        {
            "returns" => new JinjaFunction(name, _ => CaseFile.Value(body)),
            "format" => new JinjaFunction(name, call => Fill(call, Text(body))),
            "raises" => new JinjaFunction(name, call => throw Error(Fill(call, Text(body)))),
            "echo" => new JinjaFunction(name, call => $"{Text(body)}({string.Join(", ", call.Positional.Select(JinjaValue.Repr).Concat(call.Keywords.Select(pair => $"{pair.Key}={JinjaValue.Repr(pair.Value)}")))})"),
            "lookup" => new JinjaFunction(name, call =>
            {
                var key = call.Positional[0];
                if (((JinjaDict)CaseFile.Value(body)!).TryGet(key, out var found))
                {
                    return found;
                }

                if (call.TryGet(1, "default", out var given))
                {
                    return given;
                }

                return CaseFile.Find(stub, "default") is { } otherwise ? CaseFile.Value(otherwise) : throw Error($"{name}: no entry {JinjaValue.Repr(key)}");
            }),
            "dispatch" => new JinjaFunction(name, call =>
            {
                foreach (var prefix in ((YamlSequenceNode)body).Select(Text))
                {
                    if (context.TryGetValue($"{prefix}__{JinjaValue.Str(call.Positional[0])}", out var macro))
                    {
                        return macro;
                    }
                }

                throw Error($"no implementation of {JinjaValue.Repr(call.Positional[0])}");
            }),
            _ => throw new FormatException(kind),
        };
    }

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static JinjaException Error(string reason) => new(JinjaErrorKind.Runtime, "StubError", reason);

    private static string Fill(JinjaCall call, string text)
    {
        for (var i = 0; i < call.Positional.Length; i++)
        {
            text = text.Replace($"{{{i}}}", JinjaValue.Str(call.Positional[i]), StringComparison.Ordinal);
        }

        foreach (var (key, value) in call.Keywords)
        {
            text = text.Replace($"{{{key}}}", JinjaValue.Str(value), StringComparison.Ordinal);
        }

        return text;
    }
}
