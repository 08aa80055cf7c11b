using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace FhirAspire.Pipeline.Alerts;

/// <summary>Sends alerts by e-mail.</summary>
public sealed class EmailAlertChannel(IOptions<AlertOptions> options) : IAlertChannel
{
    private readonly EmailAlertOptions options = options.Value.Email;

    /// <inheritdoc/>
    public string Name => "email";

    /// <inheritdoc/>
    public async Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notice);
        using var client = new SmtpClient();
        client.CheckCertificateRevocation = options.CaFile is null;
        if (options.CaFile is { } file)
        {
            client.ServerCertificateValidationCallback = (_, certificate, chain, errors) => IsOf(file, certificate, chain, errors);
        }

        await client.ConnectAsync(options.Host, options.Port, options.Security switch
        {
            EmailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            EmailSecurity.StartTls => SecureSocketOptions.StartTls,
            _ => SecureSocketOptions.None,
        }, cancellationToken).ConfigureAwait(false);
        if (options.User.Length > 0)
        {
            await client.AuthenticateAsync(options.User, options.Password, cancellationToken).ConfigureAwait(false);
        }

        await client.SendAsync(Message(notice), cancellationToken).ConfigureAwait(false);
        await client.DisconnectAsync(quit: true, cancellationToken).ConfigureAwait(false);
    }

    private MimeMessage Message(AlertNotice notice)
    {
        var message = new MimeMessage { Subject = $"[FhirAspire] {notice.Title.ReplaceLineEndings(" ")}", Body = new TextPart("plain") { Text = notice.ToText() + "\n" } };
        message.From.Add(MailboxAddress.Parse(options.From));
        message.To.AddRange(options.To.Select(MailboxAddress.Parse));
        return message;
    }

    // The name must fit in any case; only the authority is one's own.
    private static bool IsOf(string file, X509Certificate? certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.ImportFromPemFile(file);
        if (sent is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainElements.Select(element => element.Certificate).ToArray());
        }

        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(leaf);
    }
}
