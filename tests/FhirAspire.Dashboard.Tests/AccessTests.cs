using System.Net;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Hosting;

namespace FhirAspire.Dashboard.Tests;

public sealed class AccessTests
{
    private const string Operator = "operator-token-0123456789";
    private const string Viewer = "viewer-token-0123456789ab";

    [Theory]
    [InlineData("0.0.0.0", null, null, "no login is set")]
    [InlineData("0.0.0.0", Operator, null, "without HTTPS")]
    [InlineData("127.0.0.1", "short", null, "at least 20")]
    [InlineData("nonsense", null, null, "expected an IP address")]
    public void An_open_door_is_refused_at_the_start(string bind, string? token, string? proxy, string expected)
    {
        var result = new DashboardOptionsValidator().Validate(null, new DashboardOptions { Bind = bind, OperatorToken = token, TrustedProxy = proxy });
        result.Failed.ShouldBeTrue();
        result.FailureMessage!.ShouldContain(expected);
    }

    [Fact]
    public void Loopback_needs_no_login_and_a_proxy_with_tokens_is_well()
    {
        new DashboardOptionsValidator().Validate(null, new DashboardOptions()).Succeeded.ShouldBeTrue();
        new DashboardOptionsValidator().Validate(null, new DashboardOptions { Bind = "0.0.0.0", OperatorToken = Operator, TrustedProxy = "10.0.0.1" }).Succeeded.ShouldBeTrue();
    }

    [Theory]
    [InlineData("S3:SecretKey", true)]
    [InlineData("Dashboard:OperatorToken", true)]
    [InlineData("Dashboard:Oidc:ClientSecret", true)]
    [InlineData("History:ConnectionString", true)]
    [InlineData("Dashboard:Port", false)]
    public void Secrets_are_known_by_their_keys(string key, bool isSecret) => Operations.HealthReader.IsSecret(key).ShouldBe(isSecret);

    [Fact]
    public async Task Strangers_do_not_get_in()
    {
        await using var host = await StartAsync(Operator, Viewer);
        using var client = host.Client();
        (await client.GetAsync("api/v1/overview")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetAsync("api/v1/errors")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.PostAsync("_blazor/negotiate?negotiateVersion=1", null)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await SendAsync(client, HttpMethod.Get, "api/v1/overview", "wrong-token-0123456789abc")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        var page = new HttpRequestMessage(HttpMethod.Get, "");
        page.Headers.Accept.ParseAdd("text/html");
        var answer = await client.SendAsync(page);
        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/login");
        (await client.PostAsync("login", new FormUrlEncodedContent([new("token", Operator)]))).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        client.DefaultRequestHeaders.Add("Cookie", $"{TokenAuthentication.Cookie}=operator");
        (await client.GetAsync("api/v1/overview")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_viewer_sees_and_only_an_operator_acts()
    {
        await using var host = await StartAsync(Operator, Viewer);
        using var client = host.Client();
        (await SendAsync(client, HttpMethod.Get, "api/v1/overview", Viewer)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(client, HttpMethod.Post, "api/v1/jobs/loader/run", Viewer)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        // No job lives in this process: the operator is let through to that answer.
        (await SendAsync(client, HttpMethod.Post, "api/v1/jobs/loader/run", Operator)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Other_sites_and_other_names_are_refused_on_loopback_too()
    {
        await using var host = await StartAsync(null, null);
        using var client = host.Client();
        (await client.GetAsync("api/v1/overview")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var rebound = new HttpRequestMessage(HttpMethod.Get, "api/v1/overview");
        rebound.Headers.Host = "evil.example";
        (await client.SendAsync(rebound)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        var foreign = new HttpRequestMessage(HttpMethod.Post, "api/v1/jobs/loader/run");
        foreign.Headers.Add("Origin", "https://evil.example");
        foreign.Headers.Add("X-FhirAspire", "1");
        (await client.SendAsync(foreign)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        // A form of another page cannot set this header, even where no Origin is sent.
        (await client.PostAsync("api/v1/jobs/loader/run", null)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Pages_carry_a_policy_without_inline_scripts()
    {
        await using var host = await StartAsync(null, null);
        using var client = host.Client();
        var answer = await client.GetAsync("");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var policy = answer.Headers.GetValues("Content-Security-Policy").ShouldHaveSingleItem();
        policy.ShouldContain("script-src 'self';");
        policy.ShouldNotContain("unsafe-eval");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("<script>");
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string token)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new("Bearer", token);
        request.Headers.Add("X-FhirAspire", "1");
        return await client.SendAsync(request);
    }

    private static Task<DashboardHost> StartAsync(string? operatorToken, string? viewerToken) =>
        DashboardHost.StartAsync(("Dashboard:OperatorToken", operatorToken), ("Dashboard:ViewerToken", viewerToken));
}
