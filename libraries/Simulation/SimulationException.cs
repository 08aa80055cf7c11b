namespace FhirAspire.Simulation;

/// <summary>Base of every error of this library: a stable code, the place, what was found, what was expected, how to mend it.</summary>
public class SimulationException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="code">Stable code such as <c>SIM010</c>.</param>
    /// <param name="place">File, file:line, state or key.</param>
    /// <param name="message">What was found, what was expected, how to mend it.</param>
    /// <param name="inner">The error below, if any.</param>
    public SimulationException(string code, string place, string message, Exception? inner = null)
        : base($"{code} {place}: {message}", inner)
    {
        Code = code;
        Place = place;
    }

    /// <summary>Stable code.</summary>
    public string Code { get; }

    /// <summary>File, file:line, state or key.</summary>
    public string Place { get; }
}
