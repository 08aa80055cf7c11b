using System.Runtime.ExceptionServices;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Goes on with a deep recursion on a thread of its own when the stack of the current one comes to its end, so that the limit of recursion is the same everywhere.</summary>
internal static class BigStack
{
    public static void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var limit = Ops.SizeLimit;
        var thread = new Thread(
            () =>
            {
                try
                {
                    Ops.SizeLimit = limit;
                    action();
                }
                catch (Exception error)
                {
                    failure = ExceptionDispatchInfo.Capture(error);
                }
            },
            64 * 1024 * 1024);
        thread.Start();
        thread.Join();
        failure?.Throw();
    }
}
