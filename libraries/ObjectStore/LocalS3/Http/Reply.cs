using Microsoft.AspNetCore.Http;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>Writes answers.</summary>
internal static class Reply
{
    public static Task XmlAsync(S3Request request, XmlText xml, int status = 200) => XmlAsync(request.Http, xml.Finish(), status);

    public static async Task XmlAsync(HttpContext http, ReadOnlyMemory<byte> body, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/xml";
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
        }
    }

    public static Task EmptyAsync(S3Request request, int status = 200)
    {
        request.Http.Response.StatusCode = status;
        if (status != 204)
        {
            request.Http.Response.ContentLength = 0;
        }

        return Task.CompletedTask;
    }

    public static void Header(this S3Request request, string name, string? value)
    {
        if (value is not null)
        {
            request.Http.Response.Headers[name] = value;
        }
    }

    /// <summary>Reads a small body, an XML document mostly, and checks what the request says it hashes to.</summary>
    public static async Task<ReadOnlyMemory<byte>> BodyAsync(S3Request request, BodyChecks? checks = null, int limit = 4 * 1024 * 1024)
    {
        return await (checks ?? BodyChecks.Of(request)).ReadAsync(request, limit, request.Http.RequestAborted).ConfigureAwait(false);
    }
}
