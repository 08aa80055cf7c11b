namespace FhirAspire.Pipeline.Alerts;

/// <summary>A way to tell a person.</summary>
public interface IAlertChannel
{
    /// <summary>Its name, for the log and for what is still to be delivered: letters only.</summary>
    string Name { get; }

    /// <summary>Tells a person. What it throws reaches no job: the center logs it and tries again.</summary>
    Task SendAsync(AlertNotice notice, CancellationToken cancellationToken);
}
