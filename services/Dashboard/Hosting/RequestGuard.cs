using System.Net;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Hosting;

/// <summary>
/// What every request passes first: the host name is one of ours (a page of another site that resolves to this address is refused), the origin is
/// this site (so are its WebSockets and forms), the proxy is the one that is named; and the headers that tell a browser to trust nothing else.
/// </summary>
internal sealed class RequestGuard(RequestDelegate next, IOptions<DashboardOptions> options)
{
    /// <summary>Only this site's own files; style attributes alone may stand in the page, for positions in drawings.</summary>
    public const string Policy = "default-src 'self'; script-src 'self'; style-src-elem 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    public async Task InvokeAsync(HttpContext context)
    {
        var settings = options.Value;
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        headers.CacheControl = "no-store";

        if (!IsKnownHost(context.Request.Host.Host, settings))
        {
            await RefuseAsync(context, "this host name is not served here; add it to Dashboard:AllowedHosts if it should be");
            return;
        }

        if (context.Request.Headers.Origin is [{ Length: > 0 } origin] && !IsOwnOrigin(origin, context.Request))
        {
            await RefuseAsync(context, "requests from other sites are refused");
            return;
        }

        if (settings.TrustedProxy is { } proxy && context.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(remote) && !remote.MapToIPv4().Equals(IPAddress.Parse(proxy).MapToIPv4()))
        {
            await RefuseAsync(context, "only the proxy that Dashboard:TrustedProxy names may connect");
            return;
        }

        await next(context);
    }

    internal static bool IsKnownHost(string host, DashboardOptions options)
    {
        var bare = host.Trim('[', ']');
        if (bare.Equals("localhost", StringComparison.OrdinalIgnoreCase) || options.AllowedHosts.Contains(bare, StringComparer.OrdinalIgnoreCase))
        {
            return true;
        }

        // An address cannot be rebound to another one; a name can.
        return IPAddress.TryParse(bare, out var address) && (IPAddress.IsLoopback(address) || !IPAddress.IsLoopback(IPAddress.Parse(options.Bind)));
    }

    internal static bool IsOwnOrigin(string origin, HttpRequest request) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context, string why)
    {
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"Refused: {why}.\n");
    }
}
