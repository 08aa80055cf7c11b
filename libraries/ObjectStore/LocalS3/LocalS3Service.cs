using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>The server as a part of a host: it starts before, and stops after, the services added behind it.</summary>
/// <param name="options">The options.</param>
/// <param name="loggers">The host's loggers.</param>
/// <param name="clock">The host's clock, if it has one of its own.</param>
public sealed class LocalS3Service(IOptions<LocalS3Options> options, ILoggerFactory loggers, TimeProvider? clock = null) : IHostedLifecycleService, IAsyncDisposable
{
    private LocalS3Server? server;

    /// <summary>The running server.</summary>
    /// <exception cref="InvalidOperationException">It has not been started.</exception>
    public LocalS3Server Server => server ?? throw new InvalidOperationException("The S3 server has not been started yet: start the host, or register what needs it behind AddLocalS3.");

    /// <inheritdoc/>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        options.Value.LoggerFactory = loggers;
        options.Value.TimeProvider = clock ?? options.Value.TimeProvider;
        server = await LocalS3Server.StartAsync(options.Value, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public async Task StoppedAsync(CancellationToken cancellationToken) => await DisposeAsync().ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (server is { } running)
        {
            await running.DisposeAsync().ConfigureAwait(false);
        }
    }
}
