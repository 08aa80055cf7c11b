using System.Xml.Linq;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>Cross-origin rules of a bucket: https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html.</summary>
internal sealed class Cors(Store store)
{
    public const string Setting = "cors";

    public Task PreflightAsync(S3Request request)
    {
        var origin = request.Header("Origin") ?? throw new S3Exception(400, "BadRequest", "Insufficient information. Origin request header needed.");
        var method = request.Header("Access-Control-Request-Method") ?? throw new S3Exception(400, "BadRequest", "Invalid Access-Control-Request-Method: null");
        var headers = (request.Header("Access-Control-Request-Headers") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (!Apply(request, origin, method, headers))
        {
            throw new S3Exception(403, "AccessForbidden", "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.", ("Method", method), ("ResourceType", "OBJECT"));
        }

        return Reply.EmptyAsync(request);
    }

    /// <summary>Adds the headers that let a browser's script read the answer.</summary>
    public void Decorate(S3Request request)
    {
        if (request.Header("Origin") is { } origin)
        {
            Apply(request, origin, request.Header("Access-Control-Request-Method") ?? request.Method, []);
        }
    }

    private bool Apply(S3Request request, string origin, string method, string[] headers)
    {
        if (request.Bucket is null || store.FindBucket(request.Bucket)?.Settings.GetValueOrDefault(Setting) is not { } xml)
        {
            return false;
        }

        foreach (var rule in XElement.Parse(xml).Children("CORSRule"))
        {
            var allowed = rule.Children("AllowedOrigin").Select(item => item.Value).FirstOrDefault(pattern => Fits(pattern, origin));
            var methods = rule.Children("AllowedMethod").Select(item => item.Value).ToList();
            if (allowed is null || !methods.Contains(method, StringComparer.Ordinal)
                || !headers.All(header => rule.Children("AllowedHeader").Any(pattern => Fits(pattern.Value.ToLowerInvariant(), header.ToLowerInvariant()))))
            {
                continue;
            }

            request.Header("Access-Control-Allow-Origin", allowed == "*" ? "*" : origin);
            request.Header("Access-Control-Allow-Methods", string.Join(", ", methods));
            request.Header("Access-Control-Allow-Headers", headers.Length == 0 ? null : string.Join(", ", headers));
            request.Header("Access-Control-Expose-Headers", rule.Children("ExposeHeader").Any() ? string.Join(", ", rule.Children("ExposeHeader").Select(item => item.Value)) : null);
            request.Header("Access-Control-Max-Age", rule.Text("MaxAgeSeconds"));
            request.Header("Access-Control-Allow-Credentials", allowed == "*" ? null : "true");
            request.Header("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method");
            return true;
        }

        return false;
    }

    private static bool Fits(string pattern, string text)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? pattern == text
            : text.Length >= pattern.Length - 1 && text.StartsWith(pattern[..star], StringComparison.Ordinal) && text.EndsWith(pattern[(star + 1)..], StringComparison.Ordinal);
    }
}
