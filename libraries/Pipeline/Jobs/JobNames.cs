namespace FhirAspire.Pipeline.Jobs;

/// <summary>The jobs of the pipeline, in the order in which data passes them.</summary>
public static class JobNames
{
    /// <summary>Writes patients' files to the spool.</summary>
    public const string Generator = "generator";

    /// <summary>Carries spool folders to S3.</summary>
    public const string Uploader = "uploader";

    /// <summary>Loads S3 objects into the raw layer.</summary>
    public const string Loader = "loader";

    /// <summary>Runs the dbt project and publishes the marts.</summary>
    public const string Dbt = "dbt";
}
