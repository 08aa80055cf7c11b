using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Access;

/// <summary>
/// Knows a request by a bearer token, or by the cookie that a token was exchanged for. Without tokens, which the options allow on loopback alone,
/// everybody who reaches this machine is its operator.
/// </summary>
public sealed class TokenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> schemeOptions, ILoggerFactory loggers, UrlEncoder encoder,
    IOptions<DashboardOptions> options, IDataProtectionProvider protection) : AuthenticationHandler<AuthenticationSchemeOptions>(schemeOptions, loggers, encoder)
{
    /// <summary>The scheme.</summary>
    public const string SchemeName = "FhirAspire";

    /// <summary>The cookie.</summary>
    public const string Cookie = "fhiraspire";

    /// <summary>How long a login holds.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    /// <summary>The role of a token; null where it is none of ours. Takes the same time for every wrong token.</summary>
    public static string? RoleOf(string? token, DashboardOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var given = SHA256.HashData(Encoding.UTF8.GetBytes(token ?? ""));
        var isOperator = Matches(given, options.OperatorToken);
        var isViewer = Matches(given, options.ViewerToken);
        return isOperator ? Roles.Operator : isViewer ? Roles.Viewer : null;
    }

    internal static ITimeLimitedDataProtector Protector(IDataProtectionProvider protection) => protection.CreateProtector("FhirAspire.Dashboard.Login").ToTimeLimitedDataProtector();

    /// <summary>Logs a browser in: a cookie that says who it is, which no script reads and no other site sends.</summary>
    internal static void LogIn(HttpContext context, string role, string name)
    {
        var services = context.RequestServices;
        context.Response.Cookies.Append(Cookie, Protector(services.GetRequiredService<IDataProtectionProvider>()).Protect($"{role}|{name}", Lifetime), new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps || services.GetRequiredService<IOptions<DashboardOptions>>().Value.TrustedProxy is not null,
            MaxAge = Lifetime,
            IsEssential = true,
        });
    }

    /// <inheritdoc/>
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var settings = options.Value;
        if (!settings.NeedsLogin)
        {
            return Task.FromResult(Ticket("local", Roles.Operator));
        }

        if (Request.Headers.Authorization is [{ } header] && header.StartsWith("Bearer ", StringComparison.Ordinal))
        {
            return Task.FromResult(RoleOf(header["Bearer ".Length..], settings) is { } role ? Ticket($"{role} token", role) : AuthenticateResult.Fail("unknown token"));
        }

        if (Request.Cookies[Cookie] is { } cookie)
        {
            try
            {
                var (role, name) = Opened(Protector(protection).Unprotect(cookie));
                return Task.FromResult(role is Roles.Operator or Roles.Viewer ? Ticket(name, role) : AuthenticateResult.Fail("unknown role"));
            }
            catch (CryptographicException)
            {
                return Task.FromResult(AuthenticateResult.Fail("the login has ended"));
            }
        }

        return Task.FromResult(AuthenticateResult.NoResult());
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // Pages lead to the login; scripts get the status.
        if (HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.Any(accept => accept?.Contains("text/html", StringComparison.Ordinal) == true))
        {
            Response.Redirect($"{Request.PathBase}/login");
        }
        else
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers.WWWAuthenticate = "Bearer";
        }

        return Task.CompletedTask;
    }

    private static (string Role, string Name) Opened(string text) => text.IndexOf('|', StringComparison.Ordinal) is > 0 and var at ? (text[..at], text[(at + 1)..]) : (text, text);

    private static bool Matches(byte[] given, string? token) =>
        CryptographicOperations.FixedTimeEquals(given, SHA256.HashData(Encoding.UTF8.GetBytes(token ?? ""))) && !string.IsNullOrEmpty(token);

    private static AuthenticateResult Ticket(string name, string role) => AuthenticateResult.Success(new AuthenticationTicket(Roles.Principal(SchemeName, name, role), SchemeName));
}
