using System.Net;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace FhirAspire.Dashboard.Access;

/// <summary>
/// Login by OpenID Connect: authorization code with PKCE. The provider only says who somebody is; what it gave is turned into the dashboard's own cookie at once,
/// and none of its tokens is kept.
/// </summary>
internal static class OidcSetup
{
    /// <summary>The scheme.</summary>
    public const string SchemeName = "oidc";

    /// <summary>Where the provider sends the browser back to.</summary>
    public const string CallbackPath = "/login/oidc/callback";

    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication().AddOpenIdConnect(SchemeName, _ => { });
        services.AddOptions<OpenIdConnectOptions>(SchemeName).Configure<IOptions<DashboardOptions>>((oidc, options) => Configure(oidc, options.Value));
    }

    private static void Configure(OpenIdConnectOptions oidc, DashboardOptions options)
    {
        var settings = options.Oidc;
        // The scheme is always there, and the framework asks every scheme about every request; one that is not set answers to nobody.
        oidc.Authority = settings.IsSet ? settings.Authority : "https://localhost";
        oidc.ClientId = settings.IsSet ? settings.ClientId : "none";
        oidc.ClientSecret = settings.ClientSecret;
        oidc.RequireHttpsMetadata = !settings.IsSet || new Uri(settings.Authority!).Scheme == Uri.UriSchemeHttps;
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        oidc.UsePkce = true;
        oidc.SaveTokens = false;
        oidc.MapInboundClaims = false;
        oidc.CallbackPath = CallbackPath;
        oidc.RemoteSignOutPath = PathString.Empty;
        oidc.SignedOutCallbackPath = "/login/oidc/signed-out";
        // The browser comes back by a link of another site: Lax is the strictest that is sent then.
        oidc.CorrelationCookie.SameSite = SameSiteMode.Lax;
        oidc.NonceCookie.SameSite = SameSiteMode.Lax;
        oidc.Scope.Clear();
        oidc.Scope.Add("openid");
        foreach (var scope in settings.Scopes)
        {
            oidc.Scope.Add(scope);
        }

        oidc.Events.OnRedirectToIdentityProvider = context =>
        {
            // Behind a proxy that ends HTTPS the request itself is HTTP, but the browser's address is not.
            if (options.TrustedProxy is not null)
            {
                context.ProtocolMessage.RedirectUri = new UriBuilder(context.ProtocolMessage.RedirectUri) { Scheme = Uri.UriSchemeHttps, Port = context.Request.Host.Port ?? 443 }.Uri.ToString();
            }

            return Task.CompletedTask;
        };
        oidc.Events.OnTicketReceived = context => ReceiveAsync(context, settings);
        oidc.Events.OnRemoteFailure = FailAsync;
    }

    private static async Task ReceiveAsync(TicketReceivedContext context, OidcOptions settings)
    {
        context.HandleResponse();
        var user = context.Principal!;
        var name = user.FindFirst("preferred_username")?.Value ?? user.FindFirst("name")?.Value ?? user.FindFirst("email")?.Value ?? user.FindFirst("sub")?.Value ?? "unnamed";
        var role = settings.RoleOf([.. user.FindAll(settings.RoleClaim).Select(claim => claim.Value)]);
        var audit = context.HttpContext.RequestServices.GetRequiredService<AuditLog>();
        var from = context.HttpContext.Connection.RemoteIpAddress?.ToString() ?? "";
        if (role is null)
        {
            await audit.WriteAsync(Roles.Principal(SchemeName, name, Roles.Viewer), "log in", from, "refused: no role");
            await PageAsync(context.HttpContext, 403, "No access", $"The provider knows you, but gives you no role here. Ask for {WebUtility.HtmlEncode(settings.ViewerRole)} or {WebUtility.HtmlEncode(settings.OperatorRole)} in {WebUtility.HtmlEncode(settings.RoleClaim)}.", null);
            return;
        }

        await audit.WriteAsync(Roles.Principal(SchemeName, name, role), "log in", from, "done");
        TokenAuthentication.LogIn(context.HttpContext, role, name);
        // A redirect would still count as coming from the provider's site, and a strict cookie is not sent then; a page of our own goes on as ourselves.
        await PageAsync(context.HttpContext, 200, "Logged in", "One moment.", "../../");
    }

    private static async Task FailAsync(RemoteFailureContext context)
    {
        context.HandleResponse();
        DashboardLog.ProviderRefused(context.HttpContext.RequestServices.GetRequiredService<ILogger<TokenAuthentication>>(), context.Failure);
        await PageAsync(context.HttpContext, 401, "Not logged in", "The answer of the provider could not be taken, or the login took too long; the log has the reason. <a href=\"../../login\">Try again</a>", null);
    }

    private static Task PageAsync(HttpContext context, int status, string title, string text, string? next)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync($"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">{(next is null ? "" : $"<meta http-equiv=\"refresh\" content=\"0;url={next}\">")}
            <title>{title} · FhirAspire</title><link rel="stylesheet" href="{context.Request.PathBase}/{Hosting.Assets.Url("app.css")}"></head>
            <body class="login"><main><h1>{title}</h1><p>{text}</p></main></body></html>
            """);
    }
}
