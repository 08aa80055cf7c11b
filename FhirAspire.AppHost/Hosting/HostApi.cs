using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using FhirAspire.Pipeline.Hosting;

namespace FhirAspire.AppHost.Hosting;

/// <summary>The running host's API on loopback, for commands that need what only its process holds open. The dashboard's rules of access hold.</summary>
internal sealed class HostApi : IDisposable
{
    /// <summary>Names the environment variable with the token of a host that has a login.</summary>
    public const string TokenVariable = "FHIRASPIRE_TOKEN";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly HttpClient client;

    private HostApi(HttpClient client) => this.client = client;

    /// <summary>Connects to a host.</summary>
    /// <exception cref="CommandException">It has no address yet.</exception>
    public static HostApi Of(RunningHost host)
    {
        if (host.Url is null)
        {
            throw new CommandException($"the host (process {host.ProcessId}) is still starting, or is a command that will end", "try again in a few seconds");
        }

        var http = new HttpClient { BaseAddress = new Uri(host.Url), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Add(JobCommandEndpoints.Header, "1");
        if (Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } token)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return new HostApi(http);
    }

    public async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) => await ReadAsync<T>(await client.GetAsync(path, cancellationToken), cancellationToken);

    public async Task<T> PostAsync<T>(string path, object body, CancellationToken cancellationToken) => await ReadAsync<T>(await client.PostAsJsonAsync(path, body, Json, cancellationToken), cancellationToken);

    public void Dispose() => client.Dispose();

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using (response)
        {
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                throw new CommandException($"the host refuses this ({(int)response.StatusCode})", $"set {TokenVariable} to its operator token (Dashboard:OperatorToken)");
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new CommandException($"the host answers {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}", "its log has the reason");
            }

            return await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken) ?? throw new CommandException("the host's answer is empty");
        }
    }
}
