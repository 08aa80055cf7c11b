using System.Globalization;
using System.Security.Cryptography;
using FhirAspire.ObjectStore.LocalS3.Operations;
using FhirAspire.ObjectStore.LocalS3.Signing;
using FhirAspire.ObjectStore.LocalS3.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>What Kestrel calls for each request: parse, authenticate, dispatch, and answer what goes wrong as S3 does.</summary>
internal sealed class S3Application : IHttpApplication<HttpContext>
{
    private readonly LocalS3Options options;
    private readonly SignatureV4 signatures;
    private readonly Dispatcher dispatcher;
    private readonly Cors cors;
    private readonly ILogger logger;
    private readonly string hostId;
    private readonly long firstId;
    private long requests;

    public S3Application(Store store, AccountTable accounts, LocalS3Options options)
    {
        this.options = options;
        signatures = new SignatureV4(accounts, options.SignatureTimeProvider);
        dispatcher = new Dispatcher(store, accounts, options);
        cors = new Cors(store);
        logger = options.LoggerFactory.CreateLogger("LocalS3");
        firstId = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
        hostId = Convert.ToBase64String(RandomNumberGenerator.GetBytes(48));
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Kestrel owns what the context is made of.
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var requestId = (firstId + Interlocked.Increment(ref requests)).ToString("X16", CultureInfo.InvariantCulture);
        var headers = context.Response.Headers;
        headers["x-amz-request-id"] = requestId;
        headers["x-amz-id-2"] = hostId;
        try
        {
            var request = S3Request.Parse(context, options.Domains);
            if (HttpMethods.IsOptions(context.Request.Method))
            {
                await cors.PreflightAsync(request).ConfigureAwait(false);
                return;
            }

            signatures.Authenticate(request);
            cors.Decorate(request);
            await dispatcher.RunAsync(request).ConfigureAwait(false);
        }
        catch (S3Exception e)
        {
            Log.Refused(logger, context.Request.Method, context.Request.Path, e.Code);
            await FailAsync(context, requestId, e).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(context, requestId, new S3Exception(e.StatusCode, e.StatusCode == 408 ? "RequestTimeout" : "IncompleteBody", e.Message)).ConfigureAwait(false);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested || e is ConnectionAbortedException or ConnectionResetException)
        {
            context.Abort();
        }
        catch (Exception e)
        {
            Log.RequestFailed(logger, context.Request.Method, context.Request.Path, requestId, e);
            var full = e is IOException or StorageException;
            await FailAsync(context, requestId, new S3Exception(
                full ? 503 : 500, full ? "ServiceUnavailable" : "InternalError", full ? $"The data cannot be stored or read: {e.Message}" : "We encountered an internal error. Please try again."))
                .ConfigureAwait(false);
        }
    }

    private async Task FailAsync(HttpContext context, string requestId, S3Exception error)
    {
        if (context.Response.HasStarted)
        {
            // The client must not take half an object for a whole one.
            context.Abort();
            return;
        }

        var response = context.Response;
        if (context.Request.Headers.Expect.Count > 0)
        {
            // The client was told nothing before this answer and may keep its body to itself: what follows on the connection would be taken for it.
            response.Headers.Connection = "close";
        }

        var kept = response.Headers.Connection;
        foreach (var name in response.Headers.Keys.Where(name => !name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !name.StartsWith("Access-Control-", StringComparison.Ordinal)).ToList())
        {
            response.Headers.Remove(name);
        }

        response.Headers.Connection = kept;
        foreach (var (name, value) in error.Headers)
        {
            response.Headers[name] = value;
        }

        if (error.Status == 304)
        {
            response.StatusCode = 304;
            return;
        }

        var xml = new XmlText("Error", withNamespace: false).Element("Code", error.Code).Element("Message", error.Message);
        foreach (var (name, value) in error.Details)
        {
            xml.Element(name, value);
        }

        xml.Element("Resource", context.Request.Path.Value).Element("RequestId", requestId).Element("HostId", hostId);
        await Reply.XmlAsync(context, xml.Finish(), error.Status).ConfigureAwait(false);
    }
}
