using System.Net;
using System.Text;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Lifecycle;
using FhirAspire.ObjectStore.LocalS3.Storage;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>An S3 server on loopback, within this process. Disposing it finishes the running requests and closes the folder.</summary>
public sealed class LocalS3Server : IAsyncDisposable
{
    private const int PortsTried = 50;
    private readonly LocalS3Options options;
    private readonly Store store;
    private readonly LifecycleWorker lifecycle;
    private readonly KestrelServer kestrel;
    private int disposed;

    private LocalS3Server(LocalS3Options options, Store store, LifecycleWorker lifecycle, KestrelServer kestrel)
    {
        this.options = options;
        this.store = store;
        this.lifecycle = lifecycle;
        this.kestrel = kestrel;
        Endpoint = new Uri(kestrel.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Root = Path.GetFullPath(options.Root);
    }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:9000</c>.</summary>
    public Uri Endpoint { get; }

    /// <summary>The folder of the data.</summary>
    public string Root { get; }

    /// <summary>The access key of the first account.</summary>
    public string AccessKey => options.AccessKey;

    /// <summary>The secret key of the first account.</summary>
    public string SecretKey => options.SecretKey;

    /// <summary>Starts a server on a free port with a root folder, for tests; everything else is the default.</summary>
    /// <param name="root">The folder of the data.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<LocalS3Server> StartAsync(string root, CancellationToken cancellationToken = default) =>
        StartAsync(new LocalS3Options { Root = root, Port = 0 }, cancellationToken);

    /// <summary>Starts a server.</summary>
    /// <param name="options">How; must not be changed afterwards.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="LocalS3Exception">LS3000: options at fault. LS3001: the folder is taken. LS3002: the folder is of a newer server. LS3003: no port.</exception>
    public static async Task<LocalS3Server> StartAsync(LocalS3Options options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var faults = LocalS3OptionsValidator.Faults(options).ToList();
        if (faults.Count > 0)
        {
            throw new LocalS3Exception("LS3000", LocalS3Options.Section, string.Join(' ', faults));
        }

        var store = new Store(options);
        try
        {
            var application = new S3Application(store, new AccountTable(options), options);
            var kestrel = await ListenAsync(options, application, cancellationToken).ConfigureAwait(false);
            var server = new LocalS3Server(options, store, new LifecycleWorker(store), kestrel);
            Log.Started(options.LoggerFactory.CreateLogger("LocalS3"), server.Endpoint, server.Root, options.Durability);
            return server;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Carries out now what the lifecycle rules make due by <see cref="LocalS3Options.TimeProvider"/>.</summary>
    /// <param name="cancellationToken">Stops between two portions of the work.</param>
    public Task RunLifecycleAsync(CancellationToken cancellationToken = default) => lifecycle.RunAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) != 0)
        {
            return;
        }

        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5)))
        {
            await kestrel.StopAsync(patience.Token).ConfigureAwait(false);
        }

        kestrel.Dispose();
        await lifecycle.DisposeAsync().ConfigureAwait(false);
        store.Dispose();
    }

    private static async Task<KestrelServer> ListenAsync(LocalS3Options options, S3Application application, CancellationToken cancellationToken)
    {
        for (var port = options.Port; ; port++)
        {
            var kestrel = MakeKestrel(port);
            try
            {
                await kestrel.StartAsync(application, cancellationToken).ConfigureAwait(false);
                return kestrel;
            }
            catch (IOException e)
            {
                kestrel.Dispose();
                if (options.Port == 0 || !options.NextFreePort || port >= options.Port + PortsTried || port >= IPEndPoint.MaxPort)
                {
                    throw new LocalS3Exception("LS3003", $"{LocalS3Options.Section}:Port", $"port {port} cannot be listened on ({e.Message}); choose another, or 0 for any", e);
                }
            }
        }
    }

    // Kestrel without a web host: nothing of ASP.NET's pipeline is needed, it starts in milliseconds, and it shares nothing with a host beside it.
    private static KestrelServer MakeKestrel(int port)
    {
        var options = new KestrelServerOptions { AddServerHeader = false, AllowSynchronousIO = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.MaxRequestLineSize = 32 * 1024;
        options.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        options.Limits.MaxRequestBufferSize = 1024 * 1024;
        options.Limits.MaxResponseBufferSize = 1024 * 1024;
        // Latin-1 keeps every byte of a header as it came, for the signature and for x-amz-meta-*.
        options.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        options.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
        return new KestrelServer(Options.Create(options), SocketTransport.Create(), NullLoggerFactory.Instance);
    }
}
