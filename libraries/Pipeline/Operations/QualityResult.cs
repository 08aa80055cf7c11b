namespace FhirAspire.Pipeline.Operations;

/// <summary>What a data-quality check found after a dbt run.</summary>
public sealed class QualityResult
{
    /// <summary>Its number.</summary>
    public long Id { get; set; }

    /// <summary>The dbt run after which it was made.</summary>
    public long RunId { get; set; }

    /// <summary>When, UTC.</summary>
    public DateTime CheckedAt { get; set; }

    /// <summary>What is checked.</summary>
    public QualityKind Kind { get; set; }

    /// <summary>The table, or the table and column: <c>marts.dim_patients.birth_date</c>.</summary>
    public required string Target { get; set; }

    /// <summary>What was measured: a share from 0 to 1, rows, or seconds; <see cref="Kind"/> says which.</summary>
    public double Value { get; set; }

    /// <summary>The value from which it counts as bad; null where it is only watched.</summary>
    public double? Limit { get; set; }

    /// <summary>How it stands.</summary>
    public QualityStatus Status { get; set; }

    /// <summary>For people.</summary>
    public string Message { get; set; } = "";
}

/// <summary>Kinds of data-quality checks.</summary>
public enum QualityKind
{
    /// <summary>Share of nulls in a critical column, 0 to 1.</summary>
    NullShare,

    /// <summary>Rows whose reference has no target.</summary>
    Orphans,

    /// <summary>Seconds since the newest data was loaded.</summary>
    Freshness,

    /// <summary>Rows of a table, compared with earlier runs.</summary>
    RowCount,
}

/// <summary>How a check stands.</summary>
public enum QualityStatus
{
    /// <summary>As expected.</summary>
    Ok,

    /// <summary>Beyond the limit.</summary>
    Bad,

    /// <summary>Far from earlier runs: somebody should look.</summary>
    Anomaly,
}
