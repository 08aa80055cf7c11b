using System.Net.Http.Json;
using Microsoft.Extensions.Options;

namespace FhirAspire.Pipeline.Alerts;

/// <summary>Posts alerts to a Slack channel by an incoming webhook.</summary>
public sealed class SlackAlertChannel(IOptions<AlertOptions> options) : IAlertChannel, IDisposable
{
    // Slack cuts longer messages (https://docs.slack.dev/reference/methods/chat.postMessage#truncating).
    private const int LongestText = 4000;

    // The address is a secret, so it must not stand in a trace, as it would with the usual instrumentation.
    private readonly HttpClient client = new(new SocketsHttpHandler { ActivityHeadersPropagator = null, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly Uri? address = options.Value.Slack.WebhookUrl;

    /// <inheritdoc/>
    public string Name => "slack";

    /// <inheritdoc/>
    public async Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notice);
        var mark = notice.Kind == AlertKind.Recovered ? ":white_check_mark:" : ":rotating_light:";
        var text = $"{mark} {Escape(notice.ToText())}";
        using var response = await client.PostAsJsonAsync(address, new { text = text.Length > LongestText ? text[..LongestText] : text }, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new PipelineException("PL2001", $"Slack answers {(int)response.StatusCode}; check Alerts:Slack:WebhookUrl");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    // https://docs.slack.dev/messaging/formatting-message-text#escaping
    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
