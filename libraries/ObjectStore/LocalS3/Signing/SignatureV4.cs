using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Signing;

/// <summary>
/// Checks Signature Version 4 of requests, in the Authorization header or in the query.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html.
/// </summary>
/// <param name="accounts">Who may sign.</param>
/// <param name="clock">The real time.</param>
internal sealed class SignatureV4(AccountTable accounts, TimeProvider clock)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string Unsigned = "UNSIGNED-PAYLOAD";
    private const int WeekSeconds = 7 * 24 * 60 * 60;
    private static readonly TimeSpan MaximumSkew = TimeSpan.FromMinutes(15);

    // A key per account, day and region: four hashes saved for each request.
    private readonly ConcurrentDictionary<(string AccessKey, string Scope), byte[]> keys = new();

    /// <summary>Sets the caller and the plan of the body; a request without any signature is anonymous.</summary>
    public void Authenticate(S3Request request)
    {
        var header = request.Header("Authorization");
        if (header is not null)
        {
            if (header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
            {
                CheckHeader(request, header);
                return;
            }

            throw header.StartsWith("AWS ", StringComparison.Ordinal)
                ? S3Errors.InvalidRequest("The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
                : header.StartsWith("AWS4-ECDSA", StringComparison.Ordinal)
                    ? S3Errors.NotImplemented("Signature Version 4A (AWS4-ECDSA-P256-SHA256)")
                    : S3Errors.InvalidArgument("Unsupported Authorization Type", "Authorization", header.Split(' ')[0]);
        }

        if (request.Query.Has("X-Amz-Algorithm") || request.Query.Has("X-Amz-Signature"))
        {
            CheckQuery(request);
        }
        else if (request.Query.Has("AWSAccessKeyId") || request.Query.Has("Signature"))
        {
            throw S3Errors.InvalidRequest("The authorization mechanism you have provided (Signature Version 2 in the query) is not supported. Please use AWS4-HMAC-SHA256.");
        }
        else
        {
            request.Body = PlanOfAnonymous(request);
        }
    }

    /// <summary>Compares in constant time.</summary>
    public static bool SameSignature(string expected, ReadOnlySpan<char> given)
    {
        Span<byte> left = stackalloc byte[64];
        Span<byte> right = stackalloc byte[64];
        right.Clear();
        Encoding.ASCII.GetBytes(expected, left);
        var sameLength = given.Length == 64 && Ascii.IsValid(given);
        if (sameLength)
        {
            Encoding.ASCII.GetBytes(given, right);
        }

        return CryptographicOperations.FixedTimeEquals(left, right) & sameLength;
    }

    private static BodyPlan PlanOfAnonymous(S3Request request)
    {
        var content = request.Header("x-amz-content-sha256");
        if (content == "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
        {
            return new BodyPlan(null, new ChunkSignatures(signed: false, trailer: true, [], "", "", ""), DecodedLength(request));
        }

        return IsHash(content) ? new BodyPlan(content, null, null) : BodyPlan.Plain;
    }

    private void CheckHeader(S3Request request, string header)
    {
        string? credential = null;
        string? signedHeaders = null;
        string? signature = null;
        foreach (var part in header[Algorithm.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var value = part[(equals + 1)..];
            switch (equals < 0 ? "" : part[..equals])
            {
                case "Credential": credential = value; break;
                case "SignedHeaders": signedHeaders = value; break;
                case "Signature": signature = value; break;
                default: break;
            }
        }

        if (credential is null || signedHeaders is null || signature is null)
        {
            var missing = credential is null ? "Credential" : signedHeaders is null ? "SignedHeaders" : "Signature";
            throw S3Errors.AuthorizationHeaderMalformed($"the authorization header requires {missing}.");
        }

        var scope = CredentialScope.Parse(credential, S3Errors.AuthorizationHeaderMalformed);
        var account = accounts.Find(scope.AccessKey) ?? throw S3Errors.InvalidAccessKeyId(scope.AccessKey);
        var time = RequestTime(request);
        var now = clock.GetUtcNow();
        if ((time - now).Duration() > MaximumSkew)
        {
            throw S3Errors.RequestTimeTooSkewed(time, now);
        }

        if (time.UtcDateTime.ToString("yyyyMMdd", CultureInfo.InvariantCulture) != scope.Date)
        {
            throw S3Errors.AuthorizationHeaderMalformed($"the date of the credential, {scope.Date}, is not that of the request, {Times.Compact(time)}.");
        }

        var payload = request.Header("x-amz-content-sha256") ?? throw S3Errors.InvalidRequest("Missing required header for this request: x-amz-content-sha256");
        RequireSigned(request, signedHeaders);
        var key = Check(request, account, scope, Times.Compact(time), signedHeaders, payload, signature, presigned: false);
        request.Caller = account;
        request.Body = Plan(request, payload, key, Times.Compact(time), scope.Text, signature);
    }

    private void CheckQuery(S3Request request)
    {
        string Need(string name) => request.Query[name] is { Length: > 0 } value
            ? value
            : throw S3Errors.AuthorizationQueryParametersError(
                "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.");

        if (Need("X-Amz-Algorithm") != Algorithm)
        {
            throw S3Errors.AuthorizationQueryParametersError($"X-Amz-Algorithm only supports \"{Algorithm}\"");
        }

        var scope = CredentialScope.Parse(Need("X-Amz-Credential"), S3Errors.AuthorizationQueryParametersError);
        var signature = Need("X-Amz-Signature");
        var signedHeaders = Need("X-Amz-SignedHeaders");
        if (!Times.TryParseCompact(Need("X-Amz-Date"), out var time))
        {
            throw S3Errors.AuthorizationQueryParametersError("X-Amz-Date must be in the ISO8601 Long Format \"yyyyMMdd'T'HHmmss'Z'\"");
        }

        if (!long.TryParse(Need("X-Amz-Expires"), out var expires))
        {
            throw S3Errors.AuthorizationQueryParametersError("X-Amz-Expires should be a number");
        }

        if (expires < 0)
        {
            throw S3Errors.AuthorizationQueryParametersError("X-Amz-Expires must be non-negative");
        }

        if (expires > WeekSeconds)
        {
            throw S3Errors.AuthorizationQueryParametersError("X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds");
        }

        var account = accounts.Find(scope.AccessKey) ?? throw S3Errors.InvalidAccessKeyId(scope.AccessKey);
        var now = clock.GetUtcNow();
        if (now < time - MaximumSkew)
        {
            throw S3Errors.AccessDenied("Request is not valid yet");
        }

        if (now >= time + TimeSpan.FromSeconds(expires))
        {
            throw new S3Exception(403, "AccessDenied", "Request has expired", ("X-Amz-Expires", expires.ToString()), ("Expires", Times.Iso(time.AddSeconds(expires))), ("ServerTime", Times.Iso(now)));
        }

        RequireSigned(request, signedHeaders);
        var payload = request.Header("x-amz-content-sha256") ?? request.Query["X-Amz-Content-Sha256"] ?? Unsigned;
        var key = Check(request, account, scope, Times.Compact(time), signedHeaders, payload, signature, presigned: true);
        request.Caller = account;
        request.Body = Plan(request, payload, key, Times.Compact(time), scope.Text, signature);
    }

    private static DateTimeOffset RequestTime(S3Request request)
    {
        var given = request.Header("x-amz-date") ?? request.Header("Date");
        return Times.TryParseCompact(given, out var time) || Times.TryParseHttp(given, out time)
            ? time
            : throw S3Errors.AccessDenied("AWS authentication requires a valid Date or x-amz-date header");
    }

    // A header that changes what a request does must not be added by somebody on the way.
    private static void RequireSigned(S3Request request, string signedHeaders)
    {
        var names = signedHeaders.Split(';');
        if (!names.Contains("host", StringComparer.Ordinal))
        {
            throw S3Errors.AccessDenied("There were headers present in the request which were not signed: host");
        }

        foreach (var header in request.Headers.Keys)
        {
            if (header.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !names.Contains(header.ToLowerInvariant(), StringComparer.Ordinal)
                && !header.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase))
            {
                throw new S3Exception(403, "AccessDenied", "There were headers present in the request which were not signed", ("HeadersNotSigned", header.ToLowerInvariant()));
            }
        }
    }

    private byte[] Check(S3Request request, Account account, CredentialScope scope, string time, string signedHeaders, string payload, string signature, bool presigned)
    {
        var canonical = Canonical(request, signedHeaders, payload, presigned);
        var toSign = $"{Algorithm}\n{time}\n{scope.Text}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(canonical)))}";
        if (!keys.TryGetValue((account.AccessKey, scope.Text), out var key))
        {
            key = DeriveKey(account, scope);
        }

        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.Latin1.GetBytes(toSign)));
        if (!SameSignature(expected, signature))
        {
            throw S3Errors.SignatureDoesNotMatch(account.AccessKey, toSign, signature, canonical);
        }

        // Only scopes that were signed with the secret are kept: nobody else can fill the table.
        if (keys.TryAdd((account.AccessKey, scope.Text), key) && keys.Count > 1000)
        {
            keys.Clear();
        }

        return key;
    }

    private static byte[] DeriveKey(Account account, CredentialScope scope)
    {
        var key = HMACSHA256.HashData(account.SigningSecret, Encoding.ASCII.GetBytes(scope.Date));
        key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(scope.Region));
        key = HMACSHA256.HashData(key, "s3"u8);
        return HMACSHA256.HashData(key, "aws4_request"u8);
    }

    // CanonicalRequest: method, path, query, headers, names of the headers, hash of the body; a line each.
    private static string Canonical(S3Request request, string signedHeaders, string payload, bool presigned)
    {
        var text = new StringBuilder(512);
        text.Append(request.Method).Append('\n').Append(UriText.IsCanonical(request.RawPath) ? request.RawPath : UriText.Encode(request.Path, keepSlash: true)).Append('\n');
        if (request.Query.Parameters.Count > 0)
        {
            var parameters = request.Query.Parameters.Where(parameter => !presigned || parameter.Key != "X-Amz-Signature")
                .Select(parameter => (Name: UriText.Encode(parameter.Key, keepSlash: false), Value: UriText.Encode(parameter.Value, keepSlash: false)))
                .OrderBy(parameter => parameter.Name, StringComparer.Ordinal).ThenBy(parameter => parameter.Value, StringComparer.Ordinal);
            var first = true;
            foreach (var (name, value) in parameters)
            {
                text.Append(first ? "" : "&").Append(name).Append('=').Append(value);
                first = false;
            }
        }

        text.Append('\n');
        foreach (var name in signedHeaders.Split(';'))
        {
            text.Append(name).Append(':');
            AppendHeader(text, request, name);
            text.Append('\n');
        }

        return text.Append('\n').Append(signedHeaders).Append('\n').Append(payload).ToString();
    }

    private static void AppendHeader(StringBuilder text, S3Request request, string name)
    {
        if (!request.Headers.TryGetValue(name, out var values))
        {
            return;
        }

        for (var i = 0; i < values.Count; i++)
        {
            if (i > 0)
            {
                text.Append(',');
            }

            var blank = false;
            foreach (var c in (values[i] ?? "").AsSpan().Trim())
            {
                if (c != ' ' || !blank)
                {
                    text.Append(c);
                }

                blank = c == ' ';
            }
        }
    }

    private static BodyPlan Plan(S3Request request, string payload, byte[] key, string time, string scope, string signature) => payload switch
    {
        Unsigned => BodyPlan.Plain,
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" => new BodyPlan(null, new ChunkSignatures(true, false, key, time, scope, signature), DecodedLength(request)),
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => new BodyPlan(null, new ChunkSignatures(true, true, key, time, scope, signature), DecodedLength(request)),
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => new BodyPlan(null, new ChunkSignatures(false, true, key, time, scope, signature), DecodedLength(request)),
        _ when payload.StartsWith("STREAMING-AWS4-ECDSA", StringComparison.Ordinal) => throw S3Errors.NotImplemented($"x-amz-content-sha256: {payload}"),
        _ when IsHash(payload) => new BodyPlan(payload, null, null),
        _ => throw S3Errors.InvalidArgument("x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value.", "x-amz-content-sha256", payload),
    };

    private static long DecodedLength(S3Request request) => request.Header("x-amz-decoded-content-length") switch
    {
        null => throw S3Errors.MissingContentLength(),
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length) => length,
        var text => throw S3Errors.InvalidArgument("x-amz-decoded-content-length is no number of bytes", "x-amz-decoded-content-length", text),
    };

    private static bool IsHash(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigit);
}
