using System.Net.Sockets;

namespace FhirAspire.Pipeline.Jobs;

/// <summary>Tells errors that may pass from those that will not. Parts add a <see cref="TransientFaultRule"/> for what they know of their own errors.</summary>
public sealed class TransientFaults(IEnumerable<TransientFaultRule> rules)
{
    private readonly TransientFaultRule[] rules = [.. rules];

    /// <summary>Whether another attempt may succeed.</summary>
    public bool IsTransient(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            foreach (var rule in rules)
            {
                if (rule.IsTransient(current) is { } answer)
                {
                    return answer;
                }
            }

            if (current is TimeoutException or SocketException or HttpRequestException or IOException)
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Knows the errors of one part.</summary>
/// <param name="IsTransient">True or false for an error that this part knows, null for any other.</param>
public sealed record TransientFaultRule(Func<Exception, bool?> IsTransient);
