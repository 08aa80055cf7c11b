using System.Runtime.CompilerServices;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Calls of any value.</summary>
internal static class Calls
{
    public static readonly KeyValuePair<string, object?>[] NoKeywords = [];

    /// <summary>Calls a value from a filter or a host; a <c>return</c> that comes out of it travels on as an exception.</summary>
    public static object? Invoke(JinjaCall call, object? callee)
    {
        var result = InvokeRaw(call, callee);
        return ReferenceEquals(result, ReturnMarker.Instance) ? throw new ReturnException() : result;
    }

    public static object? InvokeRaw(JinjaCall call, object? callee)
    {
        if (callee is not JinjaObject function)
        {
            throw Fault.Type($"'{Types.Name(callee)}' object is not callable");
        }

        call.Context.Session.Step();
        return function is JinjaMacro or Builtins.BuiltinFunction or BoundMethod or LoopContext or StandaloneMacro or JinjaUndefined ? function.Call(call) : Host(call, function);
    }

    private static object? Host(JinjaCall call, JinjaObject function)
    {
        try
        {
            var result = function.Call(call);
            return JinjaValue.IsValue(result) ? result : JinjaValue.From(result);
        }
        catch (Exception error) when (error is not (JinjaException or OperationCanceledException or ReturnException) && call.Context.Environment.Options.PassesThrough?.Invoke(error) != true)
        {
            throw new JinjaException(JinjaErrorKind.Runtime, "HostError", error.Message, error);
        }
    }

    /// <summary>Runs something one level deeper, on another thread if the stack comes to its end.</summary>
    public static T Deeper<T>(JinjaSession session, Func<T> action)
    {
        session.Enter();
        try
        {
            if (RuntimeHelpers.TryEnsureSufficientExecutionStack())
            {
                return action();
            }

            T result = default!;
            BigStack.Run(() => result = action());
            return result;
        }
        finally
        {
            session.Leave();
        }
    }
}
