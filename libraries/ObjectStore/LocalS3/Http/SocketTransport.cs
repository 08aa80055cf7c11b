using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>Makes Kestrel's socket transport with <see cref="ReceiveBuffers"/>: its options take a pool only through the services that a web host would have.</summary>
internal static class SocketTransport
{
    public static IConnectionListenerFactory Create()
    {
        var builder = new Services();
        builder.Collection.AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        builder.Collection.AddSingleton<IMemoryPoolFactory<byte>>(new ReceiveBuffers());
        builder.UseSockets(options => options.Backlog = 1024);
        return builder.Collection.BuildServiceProvider().GetRequiredService<IConnectionListenerFactory>();
    }

    private sealed class Services : IWebHostBuilder
    {
        private readonly WebHostBuilderContext context = new();

        public ServiceCollection Collection { get; } = [];

        public IWebHostBuilder ConfigureServices(Action<IServiceCollection> configureServices)
        {
            configureServices(Collection);
            return this;
        }

        public IWebHostBuilder ConfigureServices(Action<WebHostBuilderContext, IServiceCollection> configureServices)
        {
            configureServices(context, Collection);
            return this;
        }

#pragma warning disable ASPDEPR008 // The interface asks for it.
        public IWebHost Build() => throw new NotSupportedException();
#pragma warning restore ASPDEPR008

        public IWebHostBuilder ConfigureAppConfiguration(Action<WebHostBuilderContext, IConfigurationBuilder> configureDelegate) => throw new NotSupportedException();

        public string? GetSetting(string key) => null;

        public IWebHostBuilder UseSetting(string key, string? value) => this;
    }
}
