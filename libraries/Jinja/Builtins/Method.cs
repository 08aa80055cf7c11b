using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Builtins;

/// <summary>The arguments of a method of a built-in type.</summary>
internal readonly struct MethodCall(JinjaContext context, object? self, object?[] args, KeyValuePair<string, object?>[] keywords, string name)
{
    public JinjaContext Context { get; } = context;

    public object? Self { get; } = self;

    public object?[] Args { get; } = args;

    public KeyValuePair<string, object?>[] Keywords { get; } = keywords;

    public string Name { get; } = name;

    public int Count => Args.Length;

    public string Text => Self as string ?? ((StringValue)Self!).Text;

    public object? Arg(int index, object? otherwise = null) => index < Args.Length ? Args[index] : otherwise;

    /// <summary>A text argument, with the message of a C function.</summary>
    public string TextArg(int index)
    {
        if (Ops.TryText(Args[index], out var text))
        {
            return text;
        }

        var place = Count == 1 && Name is not "replace" ? "argument" : $"argument {index + 1}";
        throw Fault.Type($"{Name}() {place} must be str, not {Types.Name(Args[index])}");
    }

    public long IntArg(int index, long otherwise) => index < Args.Length && Args[index] is not null ? Ops.ToIndex(Args[index]) : otherwise;
}

internal delegate object? MethodBody(MethodCall call);

/// <summary>How a method takes its arguments, which decides the wording of errors.</summary>
internal enum Style
{
    /// <summary>By position only; C functions count "at least" and "at most".</summary>
    Positional,

    /// <summary>By position only, with the wording of C's argument parser.</summary>
    Parsed,

    /// <summary>By position or name.</summary>
    Named,

    /// <summary>The body looks at everything itself.</summary>
    Any,
}

/// <summary>A method of a built-in type.</summary>
internal sealed class Method(string type, string name, int least, int most, Style style, string[] names, MethodBody body)
{
    public string Name { get; } = name;

    public object? Invoke(JinjaContext context, object? self, object?[] args, KeyValuePair<string, object?>[] keywords)
    {
        if (style == Style.Any)
        {
            return body(new MethodCall(context, self, args, keywords, Name));
        }

        if (keywords.Length > 0)
        {
            args = ByName(args, keywords);
        }

        if (args.Length < least || args.Length > most)
        {
            throw Count(args.Length);
        }

        return body(new MethodCall(context, self, args, Calls.NoKeywords, Name));
    }

    private object?[] ByName(object?[] args, KeyValuePair<string, object?>[] keywords)
    {
        if (style is Style.Positional or Style.Parsed)
        {
            throw Fault.Type($"{type}.{Name}() takes no keyword arguments");
        }

        var all = new object?[names.Length];
        Array.Fill(all, Missing.Value);
        Array.Copy(args, all, Math.Min(args.Length, all.Length));
        foreach (var (key, value) in keywords)
        {
            var index = Array.IndexOf(names, key);
            if (index < 0)
            {
                throw Fault.Type($"'{key}' is an invalid keyword argument for {Name}()");
            }

            if (!ReferenceEquals(all[index], Missing.Value))
            {
                throw Fault.Type($"argument for {Name}() given by name ('{key}') and position ({index + 1})");
            }

            all[index] = value;
        }

        var last = Array.FindLastIndex(all, item => !ReferenceEquals(item, Missing.Value));
        var result = all[..(last + 1)];
        for (var i = 0; i < result.Length; i++)
        {
            if (ReferenceEquals(result[i], Missing.Value))
            {
                if (i < least)
                {
                    throw Fault.Type($"{Name}() missing required argument '{names[i]}' (pos {i + 1})");
                }

                result[i] = Default(names[i]);
            }
        }

        return result;
    }

    private object? Default(string parameter) => parameter switch
    {
        "maxsplit" or "count" => Boxed.Of(-1),
        "encoding" => "utf-8",
        "errors" => "strict",
        "tabsize" => Boxed.Of(8),
        "keepends" or "reverse" => Boxed.False,
        _ => null,
    };

    private JinjaException Count(int given)
    {
        if (most == 0)
        {
            return Fault.Type($"{type}.{Name}() takes no arguments ({given} given)");
        }

        if (style == Style.Parsed)
        {
            var (edge, limit) = given < least ? ("least", least) : ("most", most);
            return Fault.Type($"{Name}() takes at {edge} {limit} argument{(limit == 1 ? string.Empty : "s")} ({given} given)");
        }

        if (least == most && least == 1)
        {
            return Fault.Type($"{type}.{Name}() takes exactly one argument ({given} given)");
        }

        if (style == Style.Named)
        {
            return given > most
                ? Fault.Type($"{Name}() takes at most {most} argument{(most == 1 ? string.Empty : "s")} ({given} given)")
                : Fault.Type($"{Name}() missing required argument '{names[given]}' (pos {given + 1})");
        }

        var bound = given < least ? least : most;
        var word = least == most ? string.Empty : given < least ? "at least " : "at most ";
        return Fault.Type($"{Name} expected {word}{bound} argument{(bound == 1 ? string.Empty : "s")}, got {given}");
    }
}

/// <summary>The methods of the built-in types, by type and name.</summary>
internal static class Methods
{
    private static readonly Dictionary<string, Method> Str = StringMethods.Make();
    private static readonly Dictionary<string, Method> List = CollectionMethods.MakeList();
    private static readonly Dictionary<string, Method> Tuple = CollectionMethods.MakeTuple();
    private static readonly Dictionary<string, Method> Dict = CollectionMethods.MakeDict();
    private static readonly Dictionary<string, Method> Set = CollectionMethods.MakeSet();
    private static readonly Dictionary<string, Method> Int = NumberMethods.MakeInt();
    private static readonly Dictionary<string, Method> Float = NumberMethods.MakeFloat();
    private static readonly Dictionary<string, Method> Bytes = NumberMethods.MakeBytes();
    private static readonly Dictionary<string, Method> Range = CollectionMethods.MakeRange();

    public static Method? Find(object? owner, string name)
    {
        var table = owner switch
        {
            string => Str,
            JinjaList => List,
            JinjaDict => Dict,
            StringValue => Str,
            JinjaTuple => Tuple,
            JinjaSet => Set,
            long or bool or System.Numerics.BigInteger => Int,
            double => Float,
            JinjaBytes => Bytes,
            JinjaRange => Range,
            _ => null,
        };
        return table is not null && table.TryGetValue(name, out var method) ? method : null;
    }

    public static bool TryProperty(object? owner, string name, out object? value)
    {
        value = (owner, name) switch
        {
            (long or bool or System.Numerics.BigInteger, "real" or "numerator") => Ops.Plus(owner),
            (long or bool or System.Numerics.BigInteger, "imag") => Boxed.Zero,
            (long or bool or System.Numerics.BigInteger, "denominator") => Boxed.Of(1L),
            (double, "real") => owner,
            (double, "imag") => 0.0,
            _ => null,
        };
        return value is not null;
    }
}
