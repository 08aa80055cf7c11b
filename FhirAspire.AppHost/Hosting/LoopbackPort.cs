using System.Net;
using System.Net.Sockets;

namespace FhirAspire.AppHost.Hosting;

/// <summary>Finds a port of this machine that is free now: clients are configured with it before the server listens.</summary>
internal static class LoopbackPort
{
    private const int Tries = 50;

    /// <param name="wished">The first port that is tried, then the next ones; 0 takes any that is free.</param>
    /// <exception cref="CommandException">None of them is free.</exception>
    public static int FindFree(int wished)
    {
        for (var port = wished; port < wished + Tries; port++)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, wished == 0 ? 0 : port);
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }

        throw new CommandException($"none of the ports {wished} to {wished + Tries - 1} is free", "set LocalS3:Port to another");
    }
}
