using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>A request as S3 sees it: bucket and key from path or host name, sub-resources, the signer.</summary>
internal sealed class S3Request
{
    private S3Request(HttpContext http, string rawPath, string path, Query query)
    {
        Http = http;
        RawPath = rawPath;
        Path = path;
        Query = query;
    }

    public HttpContext Http { get; }

    public string Method => Http.Request.Method;

    /// <summary>The path as it was sent, which is what the client has signed.</summary>
    public string RawPath { get; }

    /// <summary>The decoded path, beginning with a slash; never normalised, since <c>..</c> is an ordinary part of a key.</summary>
    public string Path { get; }

    public Query Query { get; }

    public string? Bucket { get; private set; }

    public string? Key { get; private set; }

    public Account Caller { get; set; } = Account.Anonymous;

    /// <summary>How the body is to be read; set when the signature has been checked.</summary>
    public BodyPlan Body { get; set; } = BodyPlan.Plain;

    public IHeaderDictionary Headers => Http.Request.Headers;

    /// <summary>Joined with commas when sent more than once; null when absent.</summary>
    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? Join(value) : null;

    public string RequiredBucket => Bucket ?? throw S3Errors.MethodNotAllowed(Method);

    public string RequiredKey => Key ?? throw S3Errors.MethodNotAllowed(Method);

    public static S3Request Parse(HttpContext http, IList<string> domains)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        if (!target.StartsWith("/"))
        {
            // The absolute form, as to a proxy; or "*" of OPTIONS.
            var scheme = target.IndexOf("://", StringComparison.Ordinal);
            var slash = scheme < 0 ? -1 : target[(scheme + 3)..].IndexOf('/');
            target = slash < 0 ? "/" : target[(scheme + 3 + slash)..];
        }

        var mark = target.IndexOf('?');
        var rawPath = mark < 0 ? target : target[..mark];
        var request = new S3Request(http, rawPath.ToString(), UriText.Decode(rawPath, plusIsBlank: false), Query.Parse(mark < 0 ? [] : target[(mark + 1)..]));
        request.FindBucketAndKey(domains);
        return request;
    }

    private void FindBucketAndKey(IList<string> domains)
    {
        var rest = Path.AsSpan(1);
        Bucket = BucketOfHost(Http.Request.Host.Host, domains);
        if (Bucket is null)
        {
            var slash = rest.IndexOf('/');
            var bucket = slash < 0 ? rest : rest[..slash];
            if (bucket.IsEmpty)
            {
                return;
            }

            Bucket = bucket.ToString();
            rest = slash < 0 ? [] : rest[(slash + 1)..];
        }

        Key = rest.IsEmpty ? null : rest.ToString();
        if (Key is { Length: > 341 } key && System.Text.Encoding.UTF8.GetByteCount(key) is > 1024 and var size)
        {
            throw S3Errors.KeyTooLong(size);
        }
    }

    private static string? BucketOfHost(string host, IList<string> domains)
    {
        if (IPAddress.TryParse(host, out _))
        {
            return null;
        }

        // The longest domain that fits: "b.s3.localhost" is bucket b of s3.localhost, not b.s3 of localhost.
        string? bucket = null;
        foreach (var domain in domains)
        {
            if (host.Equals(domain, StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }

            if (host.Length > domain.Length + 1 && host[^(domain.Length + 1)] == '.' && host.EndsWith(domain, StringComparison.OrdinalIgnoreCase)
                && (bucket is null || host.Length - domain.Length - 1 < bucket.Length))
            {
                bucket = host[..^(domain.Length + 1)];
            }
        }

        return bucket;
    }

    private static string Join(StringValues value) => value.Count == 1 ? value[0] ?? "" : string.Join(',', (IEnumerable<string?>)value);
}
