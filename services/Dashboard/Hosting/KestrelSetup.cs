using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Hosting;

/// <summary>Listens where the options say; on the next free port where theirs is taken.</summary>
internal sealed class KestrelSetup(IOptions<DashboardOptions> options, IConfiguration configuration) : IConfigureOptions<KestrelServerOptions>
{
    private const int PortsTried = 50;

    public void Configure(KestrelServerOptions server)
    {
        server.AddServerHeader = false;
        server.Limits.MaxRequestBodySize = 1 << 20;
        var settings = options.Value;
        if (settings.Port is null && HostHasAddresses())
        {
            return;
        }

        var address = IPAddress.Parse(settings.Bind);
        server.Listen(address, FreePort(address, settings.Port ?? 5080), listen =>
        {
            if (settings.CertificateFile is { } file)
            {
                listen.UseHttps(file, settings.CertificatePassword);
            }
        });
    }

    internal static int FreePort(IPAddress address, int wanted)
    {
        for (var port = wanted; wanted != 0 && port < Math.Min(wanted + PortsTried, 65536); port++)
        {
            try
            {
                using var probe = new TcpListener(address, port) { ExclusiveAddressUse = true };
                probe.Start();
                return port;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                // the next one
            }
        }

        return 0;
    }

    // Under Aspire and in containers the host is told where to listen; the checks of access then look at these addresses.
    private bool HostHasAddresses() => new[] { "urls", "http_ports", "https_ports" }.Any(key => !string.IsNullOrEmpty(configuration[key]));
}
