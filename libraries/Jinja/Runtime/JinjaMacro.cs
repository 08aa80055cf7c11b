using System.Runtime.CompilerServices;
using FhirAspire.Jinja.Compile;

namespace FhirAspire.Jinja.Runtime;

/// <summary>A macro, or the body of a call block, together with the variables around it.</summary>
internal sealed class JinjaMacro(MacroCode code, Frame up) : JinjaObject
{
    public MacroCode Code { get; } = code;

    public override string TypeName => "Macro";

    public override bool IsCallable => true;

    public override string Repr() => Code.Name is null ? "<Macro anonymous>" : $"<Macro {Runtime.Repr.Of(Code.Name)}>";

    public override bool TryGetAttribute(string name, out object? value)
    {
        switch (name)
        {
            case "name":
                value = Code.Name;
                return true;
            case "arguments":
                value = new JinjaTuple([.. Code.Parameters]);
                return true;
            case "catch_kwargs":
                value = Boxed.Of(Code.KeywordsSlot >= 0);
                return true;
            case "catch_varargs":
                value = Boxed.Of(Code.VarargsSlot >= 0);
                return true;
            case "caller":
                value = Boxed.Of(Code.AccessesCaller);
                return true;
            case "explicit_caller":
                value = Boxed.Of(Code.Parameters.Contains("caller", StringComparer.Ordinal));
                return true;
            default:
                value = null;
                return false;
        }
    }

    public override object? Call(JinjaCall call)
    {
        var environment = call.Context.Environment;
        var positional = call.Positional;
        var keywords = call.Keywords;
        var count = Code.Parameters.Length;
        var frame = new Frame(up.Template, up.Context, Output.For(environment), Code.SlotCount, up);
        var slots = frame.Slots;
        var given = Math.Min(positional.Length, count);
        for (var i = 0; i < given; i++)
        {
            slots[Code.Slots[i]] = positional[i];
        }

        var used = 0UL;
        var foundCaller = given == count && Code.ExplicitCaller;
        for (var i = given; i < count; i++)
        {
            var name = Code.Parameters[i];
            object? value = Missing.Value;
            for (var k = 0; k < keywords.Length; k++)
            {
                if (string.Equals(keywords[k].Key, name, StringComparison.Ordinal))
                {
                    value = keywords[k].Value;
                    used |= 1UL << (k & 63);
                    break;
                }
            }

            foundCaller |= Code.ExplicitCaller && string.Equals(name, "caller", StringComparison.Ordinal);
            slots[Code.Slots[i]] = value;
        }

        if (Code.AccessesCaller && !foundCaller)
        {
            object? caller = null;
            for (var k = 0; k < keywords.Length; k++)
            {
                if (keywords[k].Key == "caller")
                {
                    caller = keywords[k].Value;
                    used |= 1UL << (k & 63);
                }
            }

            slots[Code.CallerSlot] = caller ?? environment.UndefinedHint("No caller defined", "caller");
        }

        if (Code.KeywordsSlot >= 0)
        {
            var rest = new JinjaDict();
            for (var k = 0; k < keywords.Length; k++)
            {
                if ((used & (1UL << (k & 63))) == 0)
                {
                    rest.Set(keywords[k].Key, keywords[k].Value);
                }
            }

            slots[Code.KeywordsSlot] = rest;
        }
        else
        {
            CheckKeywords(keywords, used);
        }

        if (Code.VarargsSlot >= 0)
        {
            slots[Code.VarargsSlot] = positional.Length > count ? new JinjaTuple(positional[count..]) : JinjaTuple.Empty;
        }
        else if (positional.Length > count)
        {
            throw Fault.Type($"macro {Runtime.Repr.Of(Code.Name)} takes not more than {count} argument(s)");
        }

        return Invoke(call, frame);
    }

    private void CheckKeywords(KeyValuePair<string, object?>[] keywords, ulong used)
    {
        string? first = null;
        for (var k = 0; k < keywords.Length; k++)
        {
            if ((used & (1UL << (k & 63))) != 0)
            {
                continue;
            }

            if (keywords[k].Key == "caller")
            {
                throw Fault.Type($"macro {Runtime.Repr.Of(Code.Name)} was invoked with two values for the special caller argument. This is most likely a bug.");
            }

            first ??= keywords[k].Key;
        }

        if (first is not null)
        {
            throw Fault.Type($"macro {Runtime.Repr.Of(Code.Name)} takes no keyword argument {Runtime.Repr.Of(first)}");
        }
    }

    private object? Invoke(JinjaCall call, Frame frame)
    {
        var session = call.Context.Session;
        session.Enter();
        var outer = session.CurrentMacro;
        session.CurrentMacro = Code.Name ?? outer;
        try
        {
            var signal = Signal.None;
            if (RuntimeHelpers.TryEnsureSufficientExecutionStack())
            {
                signal = Code.Run(frame);
            }
            else
            {
                BigStack.Run(() => signal = Code.Run(frame));
            }

            return signal == Signal.Return ? ReturnMarker.Instance : frame.Output.Result(frame.Context);
        }
        catch (JinjaException error) when (Trace(error, call))
        {
            throw;
        }
        finally
        {
            session.CurrentMacro = outer;
            session.Leave();
        }
    }

    private bool Trace(JinjaException error, JinjaCall call)
    {
        error.AddCall(Code.Name is null ? "call block" : $"macro '{Code.Name}'", call.TemplateName, call.Line);
        return false;
    }
}
