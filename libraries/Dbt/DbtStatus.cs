namespace FhirAspire.Dbt;

/// <summary>How a node ended, in dbt's terms.</summary>
public enum DbtStatus
{
    /// <summary>A model, seed, snapshot or hook was built.</summary>
    Success,

    /// <summary>An error: a template, the database.</summary>
    Error,

    /// <summary>A test failed.</summary>
    Fail,

    /// <summary>A test failed and only warns.</summary>
    Warn,

    /// <summary>A test passed.</summary>
    Pass,

    /// <summary>Not run, because of something before it.</summary>
    Skipped,

    /// <summary>Some batches of a microbatch model failed.</summary>
    PartialSuccess,

    /// <summary>Nothing is done for it: exposures.</summary>
    NoOp,

    /// <summary>It was built and rolled back again with its atomic group.</summary>
    RolledBack,

    /// <summary>A source's freshness could not be found out.</summary>
    RuntimeError,
}
