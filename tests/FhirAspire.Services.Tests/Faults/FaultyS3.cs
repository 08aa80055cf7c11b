using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Services.Tests.Faults;

/// <summary>Stands before an S3 server and makes faults happen to its answers. Signatures stay right: the host name is handed on.</summary>
internal sealed partial class FaultyS3 : IAsyncDisposable
{
    private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private WebApplication? app;
    private Uri? target;
    private int left;

    /// <summary>What happens to the next answers.</summary>
    public Fault Fault { get; private set; }

    /// <summary>How often it has happened.</summary>
    public int Happened { get; private set; }

    public async Task<Uri> StartAsync(Uri server)
    {
        target = server;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        app = builder.Build();
        app.Run(HandleAsync);
        await app.StartAsync();
        return new Uri(app.Urls.First());
    }

    /// <summary>Lets a fault happen so often, to the requests that it concerns.</summary>
    public void Let(Fault fault, int times) => (Fault, left, Happened) = (fault, times, 0);

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (app is not null)
        {
            await app.DisposeAsync();
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var isListing = context.Request.Query.ContainsKey("list-type");
        var isObject = !isListing && context.Request.Path.Value!.Trim('/').Contains('/', StringComparison.Ordinal);
        var fault = Take(isListing, isObject, context.Request.Method);
        switch (fault)
        {
            case Fault.Error500:
                await FailAsync(context, 500, "InternalError");
                return;
            case Fault.Error503:
                await FailAsync(context, 503, "SlowDown");
                return;
            case Fault.Slow:
                await Task.Delay(500);
                break;
        }

        using var response = await client.SendAsync(Forward(context), HttpCompletionOption.ResponseHeadersRead);
        var body = await response.Content.ReadAsByteArrayAsync();
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => header.Key is not ("Transfer-Encoding" or "Content-Length")))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        switch (fault)
        {
            case Fault.ListingLags:
                body = Encoding.UTF8.GetBytes(DropHalf(Encoding.UTF8.GetString(body)));
                break;
            case Fault.ListingRepeats:
                body = Encoding.UTF8.GetBytes(Contents().Replace(Encoding.UTF8.GetString(body), item => item.Value + item.Value));
                break;
            case Fault.ListingHasOtherETags:
                body = Encoding.UTF8.GetBytes(ETag().Replace(Encoding.UTF8.GetString(body), "<ETag>&quot;00000000000000000000000000000000&quot;</ETag>"));
                break;
            case Fault.WrongETag:
                context.Response.Headers.ETag = "\"00000000000000000000000000000000\"";
                break;
        }

        if (context.Request.Method == HttpMethods.Head || context.Response.StatusCode is 204 or 304)
        {
            return;
        }

        context.Response.ContentLength = body.Length;
        if (fault == Fault.ResetInBody)
        {
            await context.Response.Body.WriteAsync(body.AsMemory(0, body.Length / 2));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }

        await context.Response.Body.WriteAsync(body);
    }

    private Fault Take(bool isListing, bool isObject, string method)
    {
        lock (client)
        {
            var concerns = Fault switch
            {
                Fault.ListingLags or Fault.ListingRepeats or Fault.ListingHasOtherETags => isListing,
                Fault.ResetInBody or Fault.WrongETag => isObject && method == HttpMethods.Get,
                Fault.None => false,
                _ => isObject || isListing,
            };
            if (!concerns || left == 0)
            {
                return Fault.None;
            }

            left--;
            Happened++;
            return Fault;
        }
    }

    private HttpRequestMessage Forward(HttpContext context)
    {
        var raw = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri($"{target!.Scheme}://{target.Authority}{raw}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        // Also where it is empty: its length of 0 is signed.
        if (context.Request.ContentLength is not null || context.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
        }

        foreach (var (name, values) in context.Request.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.ToArray());
            }
        }

        return request;
    }

    private static Task FailAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        return context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>made by the test</Message></Error>");
    }

    private static string DropHalf(string listing)
    {
        var number = 0;
        return Contents().Replace(listing, item => number++ % 2 == 0 ? "" : item.Value);
    }

    [GeneratedRegex("<Contents>.*?</Contents>", RegexOptions.Singleline | RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Contents();

    [GeneratedRegex("<ETag>.*?</ETag>", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex ETag();
}

/// <summary>What may happen to an answer of S3.</summary>
public enum Fault
{
    None,
    Slow,
    Error500,
    Error503,
    ResetInBody,
    WrongETag,
    ListingLags,
    ListingRepeats,
    ListingHasOtherETags,
}
