using System.Net;
using System.Security.Cryptography;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Hosting;
using Microsoft.IdentityModel.Tokens;

namespace FhirAspire.Dashboard.Tests;

public sealed class OidcTests : IAsyncLifetime
{
    private FakeProvider provider = null!;
    private DashboardHost host = null!;
    private HttpClient client = null!;

    public async Task InitializeAsync()
    {
        provider = await FakeProvider.StartAsync();
        host = await DashboardHost.StartAsync(("Dashboard:Oidc:Authority", provider.Issuer), ("Dashboard:Oidc:ClientId", "dashboard"), ("Dashboard:Oidc:ClientSecret", "a-secret"), ("Dashboard:Oidc:Name", "Example <ID>"));
        client = host.Client();
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await host.DisposeAsync();
        await provider.DisposeAsync();
    }

    [Fact]
    public async Task Who_has_a_role_is_logged_in_under_their_name_and_nobody_else()
    {
        (await client.GetAsync("api/v1/overview")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await client.GetStringAsync("login")).ShouldContain("Log in with Example &lt;ID&gt;");

        var (answer, cookie) = await LogInAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("http-equiv=\"refresh\"");
        cookie.ShouldNotBeNull();
        answer.Headers.GetValues("Set-Cookie").Single(set => set.StartsWith(TokenAuthentication.Cookie + "=", StringComparison.Ordinal)).ShouldContain("samesite=strict");
        (await SendAsync(HttpMethod.Get, "api/v1/overview", cookie)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await SendAsync(HttpMethod.Post, "api/v1/jobs/loader/run", cookie)).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await (await SendAsync(HttpMethod.Get, "api/v1/audit", cookie)).Content.ReadAsStringAsync()).ShouldContain("ada");
    }

    [Fact]
    public async Task An_operator_acts()
    {
        provider.Claims["roles"] = new[] { "other", "fhiraspire-operator" };
        var (_, cookie) = await LogInAsync();
        // No job lives in this process: the operator is let through to that answer.
        (await SendAsync(HttpMethod.Post, "api/v1/jobs/loader/run", cookie)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Who_has_no_role_is_told_so_and_gets_no_cookie()
    {
        provider.Claims["roles"] = new[] { "something-else" };
        var (answer, cookie) = await LogInAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        cookie.ShouldBeNull();
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("signature")]
    [InlineData("audience")]
    public async Task Answers_that_are_replayed_forged_or_for_others_are_refused(string what)
    {
        using var rsa = RSA.Create(2048);
        provider.Nonce = what == "nonce" ? "638000000000000000.of-another-login" : null;
        provider.Forged = what == "signature" ? new RsaSecurityKey(rsa) { KeyId = "one" } : null;
        provider.Audience = what == "audience" ? "another-client" : "dashboard";
        var (answer, cookie) = await LogInAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        cookie.ShouldBeNull();
    }

    [Fact]
    public async Task A_callback_that_this_browser_did_not_ask_for_is_refused()
    {
        var (start, _) = await StartAsync();
        using var other = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        var back = (await other.GetAsync(start.Headers.Location)).Headers.Location!;
        // The link is opened in another browser: the cookies of the first are not there.
        var answer = await client.GetAsync(back);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        answer.Headers.TryGetValues("Set-Cookie", out var set);
        (set ?? []).ShouldNotContain(cookie => cookie.StartsWith(TokenAuthentication.Cookie + "=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://login.example.org", "dashboard", "HTTPS")]
    [InlineData("https://login.example.org", "", "ClientId")]
    [InlineData("nowhere", "dashboard", "HTTPS")]
    public void Settings_that_would_leak_or_fail_are_refused_at_the_start(string authority, string clientId, string expected)
    {
        var options = new DashboardOptions();
        (options.Oidc.Authority, options.Oidc.ClientId) = (authority, clientId);
        new DashboardOptionsValidator().Validate(null, options).FailureMessage!.ShouldContain(expected);
    }

    [Fact]
    public async Task Without_a_provider_there_is_no_such_login()
    {
        await using var plain = await DashboardHost.StartAsync(("Dashboard:OperatorToken", "operator-token-0123456789"));
        using var browser = plain.Client();
        (await browser.GetAsync("login/oidc")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await browser.GetStringAsync("login")).ShouldNotContain("Log in with");
    }

    private async Task<(HttpResponseMessage Answer, string Cookies)> StartAsync()
    {
        var start = await client.GetAsync("login/oidc");
        start.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        start.Headers.Location!.Query.ShouldContain("code_challenge_method=S256");
        return (start, string.Join("; ", start.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0])));
    }

    private async Task<(HttpResponseMessage Answer, string? Cookie)> LogInAsync()
    {
        var (start, cookies) = await StartAsync();
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        var back = (await browser.GetAsync(start.Headers.Location)).Headers.Location!;
        var request = new HttpRequestMessage(HttpMethod.Get, back);
        request.Headers.Add("Cookie", cookies);
        var answer = await client.SendAsync(request);
        answer.Headers.TryGetValues("Set-Cookie", out var set);
        return (answer, set?.Select(cookie => cookie.Split(';')[0]).FirstOrDefault(cookie => cookie.StartsWith(TokenAuthentication.Cookie + "=", StringComparison.Ordinal)));
    }

    private Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? cookie)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", cookie);
        request.Headers.Add("X-FhirAspire", "1");
        return client.SendAsync(request);
    }
}
