namespace FhirAspire.AppHost.Model;

/// <summary>The resources' names.</summary>
internal static class Names
{
    public const string Postgres = "postgres";
    public const string History = "history";
    public const string Warehouse = "warehouse";
    public const string SnowflakeLoader = "snowflake-loader";
    public const string SnowflakeTransformer = "snowflake-transformer";
    public const string LocalStack = "localstack";
    public const string S3 = "s3";
    public const string Source = "source";
    public const string Generator = "generator";
    public const string Uploader = "uploader";
    public const string Loader = "loader";
    public const string DbtRunner = "dbt-runner";
    public const string Dashboard = "dashboard";
    public const string Pipeline = "pipeline";
}
