using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace FhirAspire.Pipeline.Tests.Alerts;

/// <summary>A mail server that speaks enough of SMTP (RFC 5321, 3207, 4954) for a client that insists on TLS and a login.</summary>
internal sealed class SmtpServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly X509Certificate2 certificate;
    private readonly bool tlsFromStart;
    private readonly CancellationTokenSource stop = new();
    private readonly Task serving;
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-").FullName;

    public SmtpServer(bool tlsFromStart = false)
    {
        this.tlsFromStart = tlsFromStart;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var made = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2099, 1, 1, 0, 0, 0, TimeSpan.Zero));
        certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        CaFile = Path.Combine(folder, "ca.pem");
        File.WriteAllText(CaFile, certificate.ExportCertificatePem());
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The certificate to trust.</summary>
    public string CaFile { get; }

    /// <summary>Answers to a message with this, such as "451 try later".</summary>
    public string? Refusal { get; set; }

    /// <summary>Every command line of every connection; the login's secret is decoded.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>Messages that were taken, as they came.</summary>
    public List<string> Messages { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await serving;
        certificate.Dispose();
        stop.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync(stop.Token);
                await TalkAsync(client.GetStream());
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or SocketException or System.Security.Authentication.AuthenticationException)
            {
                // The client has gone, or does not like the certificate.
            }
        }
    }

    private async Task TalkAsync(Stream stream)
    {
        var isEncrypted = tlsFromStart;
        stream = tlsFromStart ? await EncryptAsync(stream) : stream;
        await SayAsync(stream, "220 localhost test");
        while (await ReadLineAsync(stream) is { } line)
        {
            Commands.Add(line);
            var verb = line.Split(' ', ':')[0].ToUpperInvariant();
            switch (verb)
            {
                case "EHLO":
                    await SayAsync(stream, isEncrypted ? "250-localhost\r\n250-AUTH PLAIN\r\n250 8BITMIME" : "250-localhost\r\n250 STARTTLS");
                    break;
                case "STARTTLS":
                    await SayAsync(stream, "220 go ahead");
                    stream = await EncryptAsync(stream);
                    isEncrypted = true;
                    break;
                case "AUTH":
                    var secret = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Replace('\0', '/');
                    Commands.Add($"login {secret}");
                    await SayAsync(stream, secret.EndsWith("/alarm/right", StringComparison.Ordinal) ? "235 welcome" : "535 no");
                    break;
                case "DATA":
                    await SayAsync(stream, "354 go on");
                    var message = new StringBuilder();
                    while (await ReadLineAsync(stream) is { } text && text != ".")
                    {
                        message.AppendLine(text);
                    }

                    if (Refusal is null)
                    {
                        Messages.Add(message.ToString());
                    }

                    await SayAsync(stream, Refusal ?? "250 taken");
                    break;
                case "QUIT":
                    await SayAsync(stream, "221 bye");
                    return;
                default:
                    await SayAsync(stream, "250 ok");
                    break;
            }
        }
    }

    private async Task<Stream> EncryptAsync(Stream stream)
    {
        var encrypted = new SslStream(stream);
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop.Token);
        return encrypted;
    }

    private Task SayAsync(Stream stream, string line) => stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), stop.Token).AsTask();

    // Byte by byte, so that nothing behind STARTTLS is read in the clear.
    private async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, stop.Token) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }
}
