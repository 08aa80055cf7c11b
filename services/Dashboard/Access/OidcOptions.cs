namespace FhirAspire.Dashboard.Access;

/// <summary>A provider of OpenID Connect that knows who may see the dashboard. Section <c>Dashboard:Oidc</c>.</summary>
public sealed class OidcOptions
{
    /// <summary>The issuer's address; its settings stand at <c>/.well-known/openid-configuration</c> below it. HTTPS, but for loopback.</summary>
    public string? Authority { get; set; }

    /// <summary>The name under which the provider knows this dashboard. Its redirect address is <c>/login/oidc/callback</c>.</summary>
    public string? ClientId { get; set; }

    /// <summary>The secret that belongs to it; none for a public client, which PKCE protects alone.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What the button on the login page calls the provider.</summary>
    public string Name { get; set; } = "single sign-on";

    /// <summary>Scopes that are asked for beside <c>openid</c>.</summary>
    public List<string> Scopes { get; } = ["profile"];

    /// <summary>The claim that holds roles or groups.</summary>
    public string RoleClaim { get; set; } = "roles";

    /// <summary>The value of the claim that makes an operator.</summary>
    public string OperatorRole { get; set; } = "fhiraspire-operator";

    /// <summary>The value of the claim that makes a viewer; <c>*</c> lets everybody in whom the provider lets in.</summary>
    public string ViewerRole { get; set; } = "fhiraspire-viewer";

    /// <summary>Whether a provider is set.</summary>
    public bool IsSet => !string.IsNullOrEmpty(Authority);

    /// <summary>The role of somebody with these values of the claim; null where they may not see anything.</summary>
    public string? RoleOf(IReadOnlyCollection<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return values.Contains(OperatorRole, StringComparer.Ordinal) ? Roles.Operator
            : ViewerRole == "*" || values.Contains(ViewerRole, StringComparer.Ordinal) ? Roles.Viewer
            : null;
    }

    internal IEnumerable<string> Faults()
    {
        if (!IsSet)
        {
            yield break;
        }

        if (!Uri.TryCreate(Authority, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback))
        {
            yield return $"Authority is '{Authority}'; expected an HTTPS address, such as https://login.example.org/realms/health.";
        }

        if (string.IsNullOrEmpty(ClientId))
        {
            yield return "ClientId is not set; expected the name under which the provider knows this dashboard.";
        }

        if (OperatorRole is "" or "*")
        {
            yield return "OperatorRole must be one value of the claim: not everybody may act.";
        }
    }
}
