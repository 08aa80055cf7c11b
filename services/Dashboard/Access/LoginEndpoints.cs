using System.Net;
using FhirAspire.Dashboard.Hosting;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Access;

/// <summary>Exchanges a token for a cookie. The token comes in a form, never in an address.</summary>
internal static class LoginEndpoints
{
    // Guessing is pointless with long random tokens; this keeps it from costing anything either.
    private static readonly TimeSpan WrongTokenDelay = TimeSpan.FromMilliseconds(500);

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/login", (HttpContext context, IAntiforgery antiforgery) => Page(context, antiforgery, null)).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapPost("/login", LoginAsync).AllowAnonymous().DisableAntiforgery().ExcludeFromDescription();
        endpoints.MapGet("/login/oidc", (IOptions<DashboardOptions> options) => options.Value.Oidc.IsSet ? Results.Challenge(null, [OidcSetup.SchemeName]) : Results.NotFound()).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapPost("/logout", async (HttpContext context, IAntiforgery antiforgery) =>
        {
            await antiforgery.ValidateRequestAsync(context);
            context.Response.Cookies.Delete(TokenAuthentication.Cookie);
            return Results.Redirect("login");
        }).DisableAntiforgery().ExcludeFromDescription();
    }

    private static async Task<IResult> LoginAsync(HttpContext context, IAntiforgery antiforgery, IOptions<DashboardOptions> options, AuditLog audit, TimeProvider time, ILogger<TokenAuthentication> logger)
    {
        if (!await antiforgery.IsRequestValidAsync(context))
        {
            return Results.Text("The form has expired; load the page again.", statusCode: StatusCodes.Status400BadRequest);
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (TokenAuthentication.RoleOf(form["token"], options.Value) is not { } role)
        {
            DashboardLog.LoginRefused(logger);
            await audit.WriteAsync(context.User, "log in", From(context), "refused: the token is not known");
            await Task.Delay(WrongTokenDelay, time, context.RequestAborted);
            return Page(context, antiforgery, "This token is not known. Tokens stand in the configuration (Dashboard:ViewerToken, Dashboard:OperatorToken).");
        }

        TokenAuthentication.LogIn(context, role, role);
        await audit.WriteAsync(Roles.Principal(TokenAuthentication.SchemeName, role, role), "log in", From(context), "done");
        return Results.Redirect("./");
    }

    private static string From(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "";

    private static IResult Page(HttpContext context, IAntiforgery antiforgery, string? fault)
    {
        var tokens = antiforgery.GetAndStoreTokens(context);
        var settings = context.RequestServices.GetRequiredService<IOptions<DashboardOptions>>().Value;
        var provider = settings.Oidc.IsSet ? $"<p><a class=\"button primary\" href=\"login/oidc\">Log in with {WebUtility.HtmlEncode(settings.Oidc.Name)}</a></p>" : "";
        var alert = fault is null ? "" : $"<p class=\"login-fault\" role=\"alert\">{WebUtility.HtmlEncode(fault)}</p>";
        return Results.Content($"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Log in · FhirAspire</title><link rel="stylesheet" href="{Assets.Url("app.css")}"></head>
            <body class="login"><main><h1>FhirAspire</h1>{provider}<p>{(settings.Oidc.IsSet ? "Or paste" : "Paste")} your access token.</p>{alert}
            <form method="post" action="login"><input type="hidden" name="{tokens.FormFieldName}" value="{tokens.RequestToken}">
            <label for="token">Token</label><input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
            <button class="button primary" type="submit">Log in</button></form></main></body></html>
            """, "text/html; charset=utf-8", statusCode: fault is null ? 200 : 401);
    }
}
