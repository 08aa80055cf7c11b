using System.Text;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Builtins;

/// <summary>The globals of Jinja2 in the sandbox.</summary>
internal static class BuiltinGlobals
{
    private const int MaxRange = 100_000;

    public static readonly Dictionary<string, object?> Table = new(StringComparer.Ordinal)
    {
        ["range"] = new BuiltinFunction("safe_range", Range, "function"),
        ["dict"] = new BuiltinFunction("dict", Dict, "type"),
        ["namespace"] = new BuiltinFunction("Namespace", Namespace, "type"),
        ["cycler"] = new BuiltinFunction("Cycler", call => new Cycler(call.Positional.Length > 0 ? call.Positional : throw Fault.State("at least one item has to be provided")), "type"),
        ["joiner"] = new BuiltinFunction("Joiner", call => new Joiner(Signature.Bind("Joiner.__init__", Signature.Parse("sep=', '"), call.Positional, call.Keywords)[0]), "type"),
        ["lipsum"] = new BuiltinFunction("generate_lorem_ipsum", Lipsum, "function"),
    };

    private static object Range(JinjaCall call)
    {
        if (call.Keywords.Length > 0)
        {
            throw Fault.Type($"safe_range() got an unexpected keyword argument '{call.Keywords[0].Key}'");
        }

        if (call.Positional.Length is 0 or > 3)
        {
            throw Fault.Type(call.Positional.Length == 0 ? "range expected at least 1 argument, got 0" : $"range expected at most 3 arguments, got {call.Positional.Length}");
        }

        var numbers = call.Positional.Select(argument => argument is System.Numerics.BigInteger big ? (big.Sign < 0 ? long.MinValue / 4 : long.MaxValue / 4) : Ops.ToIndex(argument)).ToArray();
        var (start, stop, step) = numbers.Length switch
        {
            1 => (0L, numbers[0], 1L),
            2 => (numbers[0], numbers[1], 1L),
            _ => (numbers[0], numbers[1], numbers[2]),
        };
        if (step == 0)
        {
            throw Fault.Value("range() arg 3 must not be zero");
        }

        var range = new JinjaRange(start, stop, step);
        return range.Size > long.MaxValue / 8 ? throw Fault.Overflow("Python int too large to convert to C ssize_t") : range.Size > MaxRange ? throw Fault.Overflow($"Range too big. The sandbox blocks ranges larger than MAX_RANGE ({MaxRange}).") : range;
    }

    private static object Dict(JinjaCall call)
    {
        if (call.Positional.Length > 1)
        {
            throw Fault.Type($"dict expected at most 1 argument, got {call.Positional.Length}");
        }

        var dict = new JinjaDict();
        if (call.Positional.Length == 1)
        {
            CollectionMethods.Update(dict, call.Positional[0]);
        }

        foreach (var (name, value) in call.Keywords)
        {
            dict.Set(name, value);
        }

        return dict;
    }

    private static object Namespace(JinjaCall call)
    {
        var made = new JinjaNamespace();
        if (call.Positional.Length > 0)
        {
            CollectionMethods.Update(made.Attributes, call.Positional[0]);
        }

        foreach (var (name, value) in call.Keywords)
        {
            made.Attributes.Set(name, value);
        }

        return made;
    }

    private static object Lipsum(JinjaCall call)
    {
        string[] words = ["lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "tempor", "magna", "aliqua", "vitae", "nulla", "porta", "massa"];
        var a = Signature.Bind("generate_lorem_ipsum", Signature.Parse("n=5, html=True, min=20, max=100"), call.Positional, call.Keywords);
        var random = call.Context.Session.Random;
        var (least, most) = (Ops.ToInt(a[2]), Ops.ToInt(a[3]));
        Ops.Guard((long)Ops.ToInt(a[0]) * Math.Max(most, 1) * 6);
        var paragraphs = new List<string>();
        for (var i = 0; i < Ops.ToInt(a[0]); i++)
        {
            var text = new StringBuilder();
            var count = least < most ? random.Next(least, most) : least;
            for (var w = 0; w < count; w++)
            {
                text.Append(w == 0 ? string.Empty : " ").Append(words[random.Next(words.Length)]);
            }

            paragraphs.Add(Runtime.Text.Capitalize(text.ToString()) + ".");
        }

        return Ops.IsTrue(a[1]) ? new Markup(string.Join('\n', paragraphs.Select(text => $"<p>{text}</p>"))) : string.Join("\n\n", paragraphs);
    }
}

/// <summary>A function of the library.</summary>
internal sealed class BuiltinFunction(string name, JinjaCallable function, string typeName = "function") : JinjaObject
{
    public override string TypeName => typeName;

    public override bool IsCallable => true;

    public override object? Call(JinjaCall call) => function(call);

    public override string Repr() => typeName == "type" ? $"<class '{name}'>" : $"<{typeName} {name} at 0x{System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this):x12}>";
}

internal sealed class Cycler(object?[] items) : JinjaObject
{
    private int _position;

    public override string TypeName => "Cycler";

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "current" => items[_position],
            "items" => new JinjaTuple(items),
            "pos" => Boxed.Of((long)_position),
            "next" => new BuiltinFunction("next", _ => Next(), "method"),
            "reset" => new BuiltinFunction("reset", _ => Reset(), "method"),
            _ => null,
        };
        return name is "current" or "items" or "pos" or "next" or "reset";
    }

    private object? Next()
    {
        var value = items[_position];
        _position = (_position + 1) % items.Length;
        return value;
    }

    private object? Reset()
    {
        _position = 0;
        return null;
    }
}

internal sealed class Joiner(object? separator) : JinjaObject
{
    private bool _used;

    public override string TypeName => "Joiner";

    public override bool IsCallable => true;

    public override object? Call(JinjaCall call)
    {
        if (_used)
        {
            return separator;
        }

        _used = true;
        return string.Empty;
    }
}

/// <summary>dbt's filters: marks for native rendering, neutral without.</summary>
internal static class DbtFilters
{
    public static IEnumerable<KeyValuePair<string, FilterEntry>> For(bool native)
    {
        yield return Entry("as_text", NativeMark.Text);
        yield return Entry("as_native", NativeMark.Native);
        yield return Entry("as_number", NativeMark.Number);
        yield return Entry("as_bool", NativeMark.Bool);
        yield return new("is_list", FilterEntry.Of("<lambda>", "x", (_, a) => Boxed.Of(a[0] is JinjaList)));

        KeyValuePair<string, FilterEntry> Entry(string name, NativeMark mark) =>
            new(name, FilterEntry.Of("<lambda>", "x", (_, a) => native ? new NativeMarker(Repr.Str(a[0]), mark) : a[0]));
    }
}
