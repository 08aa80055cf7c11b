namespace FhirAspire.DbtRunner;

/// <summary>A dbt run that has failed.</summary>
public sealed class DbtRunException(string message, bool isTransient, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether another run may succeed: only where the warehouse says so of every failed node.</summary>
    public bool IsTransient { get; } = isTransient;
}
