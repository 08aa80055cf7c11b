namespace FhirAspire.Pipeline.Alerts;

/// <summary>An alert as the history keeps it: open until it is recovered. Instants are UTC.</summary>
public sealed class AlertRow
{
    /// <summary>Its number.</summary>
    public long Id { get; set; }

    /// <summary>What it is about, as <see cref="AlertNotice.Key"/>.</summary>
    public required string Key { get; set; }

    /// <summary>One line.</summary>
    public required string Title { get; set; }

    /// <summary>The newest error.</summary>
    public string Error { get; set; } = "";

    /// <summary>Its code.</summary>
    public string? Code { get; set; }

    /// <summary>Attempts of the newest failed run.</summary>
    public int Attempts { get; set; }

    /// <summary>The newest failed run.</summary>
    public long? RunId { get; set; }

    /// <summary>When it began.</summary>
    public DateTime Since { get; set; }

    /// <summary>When people were told last.</summary>
    public DateTime ToldAt { get; set; }

    /// <summary>Failures since it began.</summary>
    public int Failures { get; set; }

    /// <summary>When it was over; null while it is open.</summary>
    public DateTime? RecoveredAt { get; set; }

    /// <summary>What the newest notice says.</summary>
    public AlertKind Kind { get; set; }

    /// <summary>Channels that have not taken the newest notice, separated by commas.</summary>
    public string Pending { get; set; } = "";
}
