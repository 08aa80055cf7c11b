using System.Security.Claims;

namespace FhirAspire.Dashboard.Access;

/// <summary>Who may do what: a viewer sees, an operator also acts.</summary>
public static class Roles
{
    /// <summary>Sees everything.</summary>
    public const string Viewer = "viewer";

    /// <summary>Sees everything, and runs, cancels, pauses and retries.</summary>
    public const string Operator = "operator";

    /// <summary>Whether a user may act.</summary>
    public static bool IsOperator(ClaimsPrincipal? user) => user?.IsInRole(Operator) == true;

    /// <summary>A user's name for the audit log.</summary>
    public static string NameOf(ClaimsPrincipal? user) => user?.Identity?.Name ?? "nobody";

    /// <summary>A person at this machine's command line: who may read and write the data directory may do all that an operator may.</summary>
    public static ClaimsPrincipal CommandLine(string name) => Principal("command line", $"{name} (command line)", Operator);

    internal static ClaimsPrincipal Principal(string scheme, string name, string role) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name), new Claim(ClaimTypes.Role, Viewer), .. role == Operator ? [new Claim(ClaimTypes.Role, Operator)] : Array.Empty<Claim>()], scheme));
}
