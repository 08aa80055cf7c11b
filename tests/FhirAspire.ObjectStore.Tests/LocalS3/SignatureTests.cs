using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

/// <summary>Requests signed here, by the letter of the documentation, and then spoilt one way at a time.</summary>
public sealed class SignatureTests(S3Fixture s3) : IClassFixture<S3Fixture>
{
    private const string Unsigned = "UNSIGNED-PAYLOAD";

    [Fact]
    public async Task A_request_signed_as_documented_is_accepted() =>
        (await SendAsync(Signed(HttpMethod.Put, "good", "x", Unsigned))).Status.ShouldBe(HttpStatusCode.OK);

    [Theory]
    [InlineData("ddd, dd MMM yyyy HH:mm:ss 'GMT'")]
    [InlineData("ddd, dd MMM yyyy HH:mm:ss '-0000'")]
    [InlineData("ddd, d MMM yyyy HH:mm:ss '+00:00'")]
    public async Task The_time_may_be_in_the_header_date_as_HTTP_or_mail_write_it(string format)
    {
        var now = DateTime.UtcNow;
        var request = Signed(HttpMethod.Put, "dated", "body", Hash("body"), time: now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture), date: now.ToString(format, CultureInfo.InvariantCulture));
        (await SendAsync(request)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_virtual_host_names_the_bucket()
    {
        var request = Signed(HttpMethod.Put, "virtual", "x", Unsigned, host: $"{S3Fixture.Bucket}.localhost:{s3.Server.Endpoint.Port}", path: "/virtual");
        (await SendAsync(request)).Status.ShouldBe(HttpStatusCode.OK);
        (await s3.Client.GetObjectMetadataAsync(S3Fixture.Bucket, "virtual")).ContentLength.ShouldBe(1);
    }

    [Theory]
    [InlineData("wrong secret", "SignatureDoesNotMatch", HttpStatusCode.Forbidden)]
    [InlineData("unknown key", "InvalidAccessKeyId", HttpStatusCode.Forbidden)]
    [InlineData("another path", "SignatureDoesNotMatch", HttpStatusCode.Forbidden)]
    [InlineData("a query added", "SignatureDoesNotMatch", HttpStatusCode.Forbidden)]
    [InlineData("a header added", "AccessDenied", HttpStatusCode.Forbidden)]
    [InlineData("cut signature", "SignatureDoesNotMatch", HttpStatusCode.Forbidden)]
    [InlineData("old date", "RequestTimeTooSkewed", HttpStatusCode.Forbidden)]
    [InlineData("another body", "XAmzContentSHA256Mismatch", HttpStatusCode.BadRequest)]
    [InlineData("no content hash", "InvalidRequest", HttpStatusCode.BadRequest)]
    [InlineData("no signature", "AuthorizationHeaderMalformed", HttpStatusCode.BadRequest)]
    [InlineData("another service", "AuthorizationHeaderMalformed", HttpStatusCode.BadRequest)]
    [InlineData("signature version 2", "InvalidRequest", HttpStatusCode.BadRequest)]
    [InlineData("anonymous", "AccessDenied", HttpStatusCode.Forbidden)]
    public async Task A_spoilt_request_is_refused_with_the_code_that_says_why(string fault, string code, HttpStatusCode status)
    {
        var key = "spoilt-" + fault.Replace(' ', '-');
        var hash = Convert.ToHexStringLower(SHA256.HashData("body"u8));
        var request = Signed(HttpMethod.Put, key, fault == "another body" ? "ydob" : "body", hash, secret: fault == "wrong secret" ? "wrong" : null,
            accessKey: fault == "unknown key" ? "nobody" : null, age: fault == "old date" ? TimeSpan.FromMinutes(16) : TimeSpan.Zero, service: fault == "another service" ? "ec2" : "s3");
        var authorization = request.Headers.GetValues("Authorization").Single();
        switch (fault)
        {
            case "another path": request.RequestUri = new Uri(request.RequestUri + "x"); break;
            case "a query added": request.RequestUri = new Uri(request.RequestUri + "?tagging"); break;
            case "a header added": request.Headers.Add("x-amz-storage-class", "GLACIER"); break;
            case "cut signature": Replace(request, "Authorization", authorization[..^1]); break;
            case "no content hash": request.Headers.Remove("x-amz-content-sha256"); break;
            case "no signature": Replace(request, "Authorization", authorization[..authorization.IndexOf(", Signature", StringComparison.Ordinal)]); break;
            case "signature version 2": Replace(request, "Authorization", "AWS key:c2lnbmF0dXJl"); break;
            case "anonymous": request.Headers.Remove("Authorization"); break;
            default: break;
        }

        var answer = await SendAsync(request);
        answer.Body.ShouldContain($"<Code>{code}</Code>");
        answer.Status.ShouldBe(status);
        (await s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = S3Fixture.Bucket, Prefix = key })).KeyCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_presigned_address_works_without_headers_until_it_expires()
    {
        await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = S3Fixture.Bucket, Key = "pre signed/ü", ContentBody = "content" });
        var url = await s3.Client.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = S3Fixture.Bucket, Key = "pre signed/ü", Expires = DateTime.UtcNow.AddMinutes(1), Protocol = Protocol.HTTP });
        (await s3.Http.GetStringAsync(url)).ShouldBe("content");
        (await s3.Http.GetAsync(url + "0")).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var old = await s3.Client.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = S3Fixture.Bucket, Key = "pre signed/ü", Expires = DateTime.UtcNow.AddSeconds(1), Protocol = Protocol.HTTP });
        await Task.Delay(2100);
        var expired = await s3.Http.GetAsync(old);
        expired.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await expired.Content.ReadAsStringAsync()).ShouldContain("Request has expired");
    }

    [Theory]
    [InlineData(false, HttpStatusCode.OK)]
    [InlineData(true, HttpStatusCode.Forbidden)]
    public async Task Each_chunk_of_a_chunked_body_is_checked(bool spoil, HttpStatusCode expected)
    {
        var key = "chunked-" + spoil;
        var now = DateTime.UtcNow.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var scope = $"{now[..8]}/us-east-1/s3/aws4_request";
        var chunks = new[] { new string('a', 8192), new string('b', 100), "" };
        var request = Signed(HttpMethod.Put, key, "", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", decodedLength: 8292, time: now);
        var previous = request.Headers.GetValues("Authorization").Single().Split("Signature=")[1];
        var body = new StringBuilder();
        foreach (var chunk in chunks)
        {
            var toSign = $"AWS4-HMAC-SHA256-PAYLOAD\n{now}\n{scope}\n{previous}\n{Hash("")}\n{Hash(chunk)}";
            previous = Convert.ToHexStringLower(HMACSHA256.HashData(Key(s3.Server.SecretKey, scope), Encoding.UTF8.GetBytes(toSign)));
            body.Append(CultureInfo.InvariantCulture, $"{chunk.Length:x};chunk-signature={previous}\r\n{(spoil && chunk.Length == 100 ? chunk.Replace('b', 'c') : chunk)}\r\n");
        }

        request.Content = new StringContent(body.ToString());
        var answer = await SendAsync(request);
        answer.Status.ShouldBe(expected, answer.Body);
        (await s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = S3Fixture.Bucket, Prefix = key })).KeyCount.ShouldBe(spoil ? 0 : 1);
    }

    [Theory]
    [InlineData("no chunk", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "")]
    [InlineData("a line without end", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "")]
    [InlineData("more than all tags", Unsigned, "tagging=")]
    public async Task A_body_refused_before_its_end_is_taken_to_its_end_and_answered(string key, string payload, string query)
    {
        // A client that was told to continue, and reads the answer when it has sent everything.
        var body = new byte[16 << 20];
        Encoding.ASCII.GetBytes(key == "no chunk" ? $"{key}\r\n" : key).CopyTo(body, 0);
        var request = Signed(HttpMethod.Put, key.Replace(' ', '-'), "", payload, decodedLength: body.Length, query: query);
        var head = new StringBuilder($"PUT {request.RequestUri!.PathAndQuery} HTTP/1.1\r\nHost: {request.Headers.Host}\r\nContent-Length: {body.Length}\r\nExpect: 100-continue\r\n");
        foreach (var (name, values) in request.Headers.NonValidated.Where(header => header.Key != "Host"))
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {values}\r\n");
        }

        using var client = new TcpClient();
        await client.ConnectAsync(s3.Server.Endpoint.Host, s3.Server.Endpoint.Port);
        var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 100 Continue");
        (await reader.ReadLineAsync()).ShouldBe("");
        await stream.WriteAsync(body);
        (await reader.ReadLineAsync()).ShouldBe("HTTP/1.1 400 Bad Request");
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static byte[] Key(string secret, string scope)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return key;
    }

    private static void Replace(HttpRequestMessage request, string header, string value)
    {
        request.Headers.Remove(header);
        request.Headers.TryAddWithoutValidation(header, value);
    }

    private HttpRequestMessage Signed(
        HttpMethod method, string key, string body, string payload, string? secret = null, string? accessKey = null, TimeSpan age = default, string service = "s3", string? host = null, string? path = null,
        int? decodedLength = null, string? time = null, string? date = null, string query = "")
    {
        time ??= (DateTime.UtcNow - age).ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        path ??= $"/{S3Fixture.Bucket}/{key}";
        host ??= $"{s3.Server.Endpoint.Host}:{s3.Server.Endpoint.Port}";
        var scope = $"{time[..8]}/us-east-1/{service}/aws4_request";
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = host, ["x-amz-content-sha256"] = payload, [date is null ? "x-amz-date" : "date"] = date ?? time };
        if (decodedLength is { } length)
        {
            headers["x-amz-decoded-content-length"] = length.ToString(CultureInfo.InvariantCulture);
        }

        var names = string.Join(';', headers.Keys);
        var canonical = $"{method.Method}\n{path}\n{query}\n{string.Concat(headers.Select(header => $"{header.Key}:{header.Value}\n"))}\n{names}\n{payload}";
        var toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hash(canonical)}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Key(secret ?? s3.Server.SecretKey, scope), Encoding.UTF8.GetBytes(toSign)));
        var request = new HttpRequestMessage(method, new Uri(s3.Server.Endpoint, query.Length == 0 ? path : $"{path}?{query}")) { Content = new StringContent(body) };
        request.Headers.Host = host;
        foreach (var (name, value) in headers.Where(header => header.Key != "host"))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={accessKey ?? s3.Server.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}");
        return request;
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpRequestMessage request)
    {
        using var response = await s3.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
