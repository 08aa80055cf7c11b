using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Loader.Retaining;

/// <summary>How long what is no longer needed is kept. Section <c>Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>Runs, alerts that are over and data-quality results are kept so long.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan Runs { get; set; } = TimeSpan.FromDays(90);

    /// <summary>Objects are kept so long after their last change, and longer while they are not loaded; null: for ever. What is gone from S3 is not there for <c>rebuild</c>.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "36500.00:00:00")]
    public TimeSpan? Objects { get; set; }
}
