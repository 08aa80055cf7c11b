using System.Diagnostics.Tracing;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>Bytes through the sockets of this process since it was made, as .NET counts them.</summary>
public sealed class SocketBytes : EventListener
{
    private const string Source = "System.Net.Sockets";

    private long received;
    private long sent;

    /// <summary>Bytes received.</summary>
    public long Received => Interlocked.Read(ref received);

    /// <summary>Bytes sent.</summary>
    public long Sent => Interlocked.Read(ref sent);

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource?.Name == Source)
        {
            EnableEvents(eventSource, EventLevel.LogAlways, EventKeywords.None, new Dictionary<string, string?>(StringComparer.Ordinal) { ["EventCounterIntervalSec"] = "5" });
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData?.EventName != "EventCounters" || eventData.Payload?[0] is not IDictionary<string, object> counter || !counter.TryGetValue("Mean", out var mean))
        {
            return;
        }

        // A polling counter gives the total as its mean.
        switch (counter["Name"])
        {
            case "bytes-received":
                Interlocked.Exchange(ref received, Convert.ToInt64(mean, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case "bytes-sent":
                Interlocked.Exchange(ref sent, Convert.ToInt64(mean, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }
}
