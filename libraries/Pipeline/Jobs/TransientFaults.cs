using System.Net.Sockets;

namespace FhirAspire.Pipeline.Jobs;

/// <summary>Tells errors that may pass from those that will not. Parts add what they know of their own errors.</summary>
public sealed class TransientFaults(IEnumerable<ITransientFaultClassifier> classifiers)
{
    private readonly ITransientFaultClassifier[] classifiers = [.. classifiers];

    /// <summary>Whether another attempt may succeed.</summary>
    public bool IsTransient(Exception exception)
    {
        for (var current = exception; current is not null; current = current.InnerException)
        {
            foreach (var classifier in classifiers)
            {
                if (classifier.IsTransient(current) is { } answer)
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
public interface ITransientFaultClassifier
{
    /// <summary>True or false for an error that this part knows, null for any other.</summary>
    bool? IsTransient(Exception exception);
}
