// The deployment diagram, in the order in which data passes it. Compiled under Aspire=true only; without it Program.cs runs the same services in one process.
var builder = DistributedApplication.CreateBuilder(args);

// What is kept elsewhere when deployed: managed PostgreSQL by connection string, AWS S3 by its region and role, Snowflake by a secret.
IResourceBuilder<IResourceWithConnectionString> history;
IResourceBuilder<IResourceWithConnectionString> warehouse;
if (builder.ExecutionContext.IsPublishMode)
{
    history = builder.AddConnectionString(Names.History);
    warehouse = builder.AddConnectionString(Names.Snowflake);
}
else
{
    var postgres = builder.AddPostgres(Names.Postgres).WithDataVolume();
    history = postgres.AddDatabase(Names.History);
    warehouse = postgres.AddDatabase(Names.Warehouse, "fhir");
}

// The last tag that starts without an account; its data goes with the container, so the container stays between runs.
var localStack = builder.ExecutionContext.IsPublishMode
    ? null
    : builder.AddContainer(Names.LocalStack, "localstack/localstack", "4.14.0")
        .WithEnvironment("SERVICES", "s3")
        .WithHttpEndpoint(targetPort: 4566, name: "s3")
        .WithHttpHealthCheck("/_localstack/health", endpointName: "s3")
        .WithLifetime(ContainerLifetime.Persistent);

var spool = Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", "data", "output", "bundles"));

var generator = builder.AddProject<Projects.FhirAspire_Generator>(Names.Generator)
    .WithEnvironment("Spool__Path", spool)
    .WithEnvironment("Generator__Replay__Source", Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", "samples", "synthea", "fhir-small")))
    .WithEnvironment("Generator__Replay__StateFile", Path.Combine(Path.GetDirectoryName(spool)!, "replay.json"))
    .WithEnvironment("Generator__Replay__Loop", "true");

var uploader = builder.AddProject<Projects.FhirAspire_Uploader>(Names.Uploader)
    .WithEnvironment("Spool__Path", spool)
    .WaitFor(generator);

var loader = builder.AddProject<Projects.FhirAspire_Loader>(Names.Loader);

var dbtRunner = builder.AddProject<Projects.FhirAspire_DbtRunner>(Names.DbtRunner)
    .WithEnvironment("Dbt__ProjectDir", Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", "dbt")))
    .WaitFor(loader);

var dashboard = builder.AddProject<Projects.FhirAspire_Dashboard>(Names.Dashboard)
    .WaitFor(dbtRunner);

foreach (var service in new[] { generator, uploader, loader, dbtRunner, dashboard })
{
    service
        .WithEnvironment("History__Provider", "Postgres")
        .WithEnvironment("History__ConnectionString", history.Resource.ConnectionStringExpression)
        .WaitFor(history);
}

foreach (var service in new[] { uploader, loader, dashboard })
{
    if (localStack is not null)
    {
        service.WithEnvironment("S3__ServiceUrl", localStack.GetEndpoint("s3")).WaitFor(localStack);
    }
}

foreach (var service in new[] { loader, dbtRunner, dashboard })
{
    service
        .WithEnvironment("Warehouse__Kind", builder.ExecutionContext.IsPublishMode ? "Snowflake" : "Postgres")
        .WithEnvironment(builder.ExecutionContext.IsPublishMode ? "Warehouse__Snowflake__ConnectionString" : "Warehouse__Postgres__ConnectionString", warehouse.Resource.ConnectionStringExpression)
        .WaitFor(warehouse);
}

builder.Build().Run();

/// <summary>The resources' names.</summary>
internal static class Names
{
    public const string Postgres = "postgres";
    public const string History = "history";
    public const string Warehouse = "warehouse";
    public const string Snowflake = "snowflake";
    public const string LocalStack = "localstack";
    public const string Generator = "generator";
    public const string Uploader = "uploader";
    public const string Loader = "loader";
    public const string DbtRunner = "dbt-runner";
    public const string Dashboard = "dashboard";
}
