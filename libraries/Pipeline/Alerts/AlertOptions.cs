using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Mail;

namespace FhirAspire.Pipeline.Alerts;

/// <summary>Who is told when something has failed for good. The log always is. Section <see cref="Section"/>.</summary>
public sealed class AlertOptions : IValidatableObject
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Alerts";

    /// <summary>Where people reach the dashboard, such as <c>https://pipeline.example.org/</c>; links in alerts begin with it. Null: alerts have no link.</summary>
    public Uri? DashboardUrl { get; set; }

    /// <summary>The same failure is told again after this time, and not before.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan RepeatAfter { get; set; } = TimeSpan.FromHours(24);

    /// <summary>A channel that takes longer is given up for this time.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>E-mail; off without a host.</summary>
    public EmailAlertOptions Email { get; set; } = new();

    /// <summary>Slack; off without a webhook.</summary>
    public SlackAlertOptions Slack { get; set; } = new();

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (DashboardUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
        {
            yield return new ValidationResult($"DashboardUrl is '{url}'; expected an address that begins with https:// or http://.", [nameof(DashboardUrl)]);
        }

        // The address is a secret: whoever has it may post.
        if (Slack.WebhookUrl is { } hook && (!hook.IsAbsoluteUri || (hook.Scheme != "https" && !hook.IsLoopback)))
        {
            yield return new ValidationResult("Slack:WebhookUrl is no https:// address; expected the address of an incoming webhook.", [nameof(Slack)]);
        }

        if (string.IsNullOrEmpty(Email.Host))
        {
            yield break;
        }

        if (Email.Security == EmailSecurity.None && !(Email.Host == "localhost" || (IPAddress.TryParse(Email.Host, out var address) && IPAddress.IsLoopback(address))))
        {
            yield return new ValidationResult($"Email:Security is None and Email:Host is '{Email.Host}'; expected StartTls or Tls: without them mail is sent in the clear to this machine only.", [nameof(Email)]);
        }

        if (!MailAddress.TryCreate(Email.From, out _))
        {
            yield return new ValidationResult($"Email:From is '{Email.From}'; expected an address such as pipeline@example.org.", [nameof(Email)]);
        }

        if (Email.To.Count == 0)
        {
            yield return new ValidationResult("Email:To is empty; expected one address or more (Alerts:Email:To:0=...).", [nameof(Email)]);
        }

        foreach (var to in Email.To.Where(to => !MailAddress.TryCreate(to, out _)))
        {
            yield return new ValidationResult($"Email:To has '{to}'; expected an address such as team@example.org.", [nameof(Email)]);
        }

        if (Email.CaFile is { } file && !File.Exists(file))
        {
            yield return new ValidationResult($"Email:CaFile is '{file}', and no file is there; expected certificates in PEM.", [nameof(Email)]);
        }
    }
}

/// <summary>E-mail over SMTP. Section <c>Alerts:Email</c>.</summary>
public sealed class EmailAlertOptions
{
    /// <summary>The mail server; empty: no e-mail.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port: 587 for StartTls, 465 for Tls.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>How the connection is encrypted.</summary>
    public EmailSecurity Security { get; set; } = EmailSecurity.StartTls;

    /// <summary>The certificates, in PEM, of an authority of one's own that the server's certificate comes from. Null: the system's authorities.</summary>
    public string? CaFile { get; set; }

    /// <summary>The user; empty where the server asks for none.</summary>
    public string User { get; set; } = "";

    /// <summary>The user's password.</summary>
    public string Password { get; set; } = "";

    /// <summary>The sender.</summary>
    public string From { get; set; } = "";

    /// <summary>The receivers.</summary>
    public IList<string> To { get; } = [];
}

/// <summary>How a connection to a mail server is encrypted.</summary>
public enum EmailSecurity
{
    /// <summary>From the start (port 465).</summary>
    Tls,

    /// <summary>By STARTTLS, required (port 587).</summary>
    StartTls,

    /// <summary>Not at all; for a relay on this machine only.</summary>
    None,
}

/// <summary>A Slack channel. Section <c>Alerts:Slack</c>.</summary>
public sealed class SlackAlertOptions
{
    /// <summary>The address of an incoming webhook (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks); a secret. Null: no Slack.</summary>
    public Uri? WebhookUrl { get; set; }
}
