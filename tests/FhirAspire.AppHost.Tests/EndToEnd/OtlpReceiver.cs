using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>Takes OTLP over HTTP, as a collector does, and reads the spans (fields as in opentelemetry-proto, trace/v1/trace.proto).</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private OtlpReceiver(WebApplication app) => this.app = app;

    public ConcurrentQueue<OtlpSpan> Spans { get; } = new();

    /// <summary>Names of the metrics that came.</summary>
    public ConcurrentDictionary<string, bool> Metrics { get; } = new();

    public int LogRequests { get; private set; }

    public string Endpoint => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var receiver = new OtlpReceiver(builder.Build());
        receiver.app.Urls.Add("http://127.0.0.1:0");
        receiver.app.MapPost("/v1/{signal}", receiver.TakeAsync);
        await receiver.app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> TakeAsync(HttpRequest request, string signal)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var bytes = body.ToArray();
        // Each request: resource (1), of it scopes (2), of it spans or metrics (2).
        var parts = Messages(bytes, 1).SelectMany(resource => Messages(resource, 2)).SelectMany(scope => Messages(scope, 2));
        switch (signal)
        {
            case "traces":
                foreach (var span in parts)
                {
                    Spans.Enqueue(Read(span));
                }

                break;
            case "metrics":
                foreach (var metric in parts)
                {
                    Metrics[Encoding.UTF8.GetString(Messages(metric, 1).Single())] = true;
                }

                break;
            default:
                LogRequests++;
                break;
        }

        return Results.Bytes([], "application/x-protobuf");
    }

    private static OtlpSpan Read(byte[] span)
    {
        var id = Messages(span, 2).Single();
        return new OtlpSpan(
            Encoding.UTF8.GetString(Messages(span, 5).Single()), Hex(Messages(span, 1).Single()), Hex(id), Messages(span, 4).Select(Hex).FirstOrDefault(""),
            [.. Messages(span, 13).Select(link => Hex(Messages(link, 2).Single()))]);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>The fields of a number that are of variable length: messages, strings and bytes.</summary>
    private static List<byte[]> Messages(byte[] message, int number)
    {
        var found = new List<byte[]>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            switch (tag & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += sizeof(ulong);
                    break;
                case 5:
                    at += sizeof(uint);
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if ((int)(tag >> 3) == number)
                    {
                        found.Add(message[at..(at + length)]);
                    }

                    at += length;
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7} at {at}");
            }
        }

        return found;
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }
    }
}

/// <summary>A span: its name, ids in hexadecimal (no parent: empty), and the spans it is linked with.</summary>
internal sealed record OtlpSpan(string Name, string TraceId, string Id, string ParentId, IReadOnlyList<string> Links);
