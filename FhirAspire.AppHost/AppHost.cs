// The deployment diagram, in the order in which data passes it. Compiled under Aspire=true only; without it Program.cs runs the same services in one process.
using FhirAspire.AppHost.Model;

var builder = DistributedApplication.CreateBuilder(args);
var choices = Choices.Read(builder.Configuration, builder.AppHostDirectory);
var isDeployed = builder.ExecutionContext.IsPublishMode;
var isDuckDb = !isDeployed && choices.Warehouse == WarehouseEmulator.DuckDb;

// S3: AWS where deployed; here LocalStack, in the last tag that starts without an account. Its data goes with the container, so the container stays between runs.
var region = isDeployed ? builder.AddParameter("aws-region", "us-east-1", publishValueAsDefault: true) : null;
var bucket = isDeployed ? builder.AddParameter("s3-bucket", "synthea-fhir-data-dump", publishValueAsDefault: true) : null;
var accessKey = isDeployed ? builder.AddParameter("aws-access-key-id", secret: true) : null;
var secretKey = isDeployed ? builder.AddParameter("aws-secret-access-key", secret: true) : null;
var localStack = isDeployed || choices.S3 != S3Emulator.LocalStack
    ? null
    : builder.AddContainer(Names.LocalStack, "localstack/localstack", "4.14.0")
        .WithEnvironment("SERVICES", "s3")
        .WithHttpEndpoint(targetPort: 4566, name: "s3")
        .WithHttpHealthCheck("/_localstack/health", endpointName: "s3")
        .WithUrlForEndpoint("s3", url => url.DisplayText = "S3 (LocalStack)")
        .WithLifetime(ContainerLifetime.Persistent);
var ownS3 = isDeployed || choices.S3 != S3Emulator.Own
    ? null
    : builder.AddProject<Projects.FhirAspire_S3>(Names.S3)
        .AsService()
        .WithHttpEndpoint(name: "s3", env: "LocalS3__Port")
        .WithEnvironment("LocalS3__Root", Path.Combine(choices.Data, "s3"))
        .WithEnvironment("LocalS3__NextFreePort", "false")
        .WithUrlForEndpoint("s3", url => url.DisplayText = "S3 (own server)");

// PostgreSQL: run history and, here, the warehouse; where deployed a managed server by connection string. Snowflake: a secret, where deployed.
IResourceBuilder<IResourceWithConnectionString>? history = null;
IResourceBuilder<IResourceWithConnectionString>? warehouse = null;
if (isDeployed || choices.Warehouse == WarehouseEmulator.Server)
{
    history = builder.AddConnectionString(Names.History);
    warehouse = isDeployed ? null : builder.AddConnectionString(Names.Warehouse);
}
else if (!isDuckDb)
{
    var postgres = builder.AddPostgres(Names.Postgres).WithDataVolume().WithLifetime(ContainerLifetime.Persistent);
    history = postgres.AddDatabase(Names.History);
    warehouse = postgres.AddDatabase(Names.Warehouse, "fhir");
}

var asLoader = isDeployed ? builder.AddParameter(Names.SnowflakeLoader, secret: true) : null;
var asTransformer = isDeployed ? builder.AddParameter(Names.SnowflakeTransformer, secret: true) : null;

// Generator and uploader share the spool: one path here, one container where deployed.
if (isDeployed)
{
    ToS3(builder.AddProject<Projects.FhirAspire_Combined>(Names.Source)
        .AsService()
        .WithEnvironment("Services", "generator,uploader")
        .WithSpool(choices)
        .WithHistory(history, choices));
}
else
{
    var generator = builder.AddProject<Projects.FhirAspire_Generator>(Names.Generator)
        .AsService("generator")
        .WithSpool(choices)
        .WithHistory(history, choices);
    ToS3(builder.AddProject<Projects.FhirAspire_Uploader>(Names.Uploader)
        .AsService("uploader")
        .WithSpool(choices)
        .WithHistory(history, choices)
        .WaitFor(generator));
}

// Loader, dbt and dashboard around the warehouse.
if (isDuckDb)
{
    WithWarehouse(ToS3(builder.AddProject<Projects.FhirAspire_Combined>(Names.Pipeline)
        .AsService("loader", "dbt")
        .WithEnvironment("Services", "loader,dbt-runner,dashboard")
        .WithDbt(choices)
        .WithMarts(choices)
        .WithHistory(history, choices)), asLoader);
}
else
{
    var loader = WithWarehouse(ToS3(builder.AddProject<Projects.FhirAspire_Loader>(Names.Loader)
        .AsService("loader")
        .WithHistory(history, choices)), asLoader);
    var dbtRunner = WithWarehouse(builder.AddProject<Projects.FhirAspire_DbtRunner>(Names.DbtRunner)
        .AsService("dbt")
        .WithDbt(choices)
        .WithHistory(history, choices)
        .WaitFor(loader), asTransformer);
    var dashboard = WithWarehouse(ToS3(builder.AddProject<Projects.FhirAspire_Dashboard>(Names.Dashboard)
        .AsService()
        .WithMarts(choices)
        .WithHistory(history, choices)
        .WithReference(loader)
        .WithReference(dbtRunner)
        .WaitFor(dbtRunner)), asLoader);
    if (isDeployed)
    {
        // Whoever comes from outside logs in, and the name that the platform gives is one of ours.
        dashboard
            .WithExternalHttpEndpoints()
            .WithEnvironment("Dashboard__AllowedHosts__0", dashboard.GetEndpoint("http").Property(EndpointProperty.Host))
            .WithEnvironment("Dashboard__OperatorToken", builder.AddParameter("dashboard-operator-token", secret: true))
            .WithEnvironment("Dashboard__ViewerToken", builder.AddParameter("dashboard-viewer-token", secret: true));
    }
}

builder.Build().Run();

IResourceBuilder<ProjectResource> ToS3(IResourceBuilder<ProjectResource> service)
{
    if (isDeployed)
    {
        return service.WithEnvironment("S3__Region", region!).WithEnvironment("S3__Bucket", bucket!).WithEnvironment("S3__AccessKey", accessKey!).WithEnvironment("S3__SecretKey", secretKey!);
    }

    return localStack is not null
        ? service.WithEnvironment("S3__ServiceUrl", localStack.GetEndpoint("s3")).WithEnvironment("S3__AccessKey", "test").WithEnvironment("S3__SecretKey", "test").WaitFor(localStack)
        : service.WithEnvironment("S3__ServiceUrl", ownS3!.GetEndpoint("s3")).WithEnvironment("S3__AccessKey", "local").WithEnvironment("S3__SecretKey", "local-secret").WaitFor(ownS3!);
}

IResourceBuilder<ProjectResource> WithWarehouse(IResourceBuilder<ProjectResource> service, IResourceBuilder<ParameterResource>? snowflake)
{
    if (snowflake is not null)
    {
        return service.WithEnvironment("Warehouse__Kind", "Snowflake").WithEnvironment("Warehouse__Snowflake__ConnectionString", snowflake);
    }

    return warehouse is not null
        ? service.WithEnvironment("Warehouse__Kind", "Postgres").WithReference(warehouse).WithEnvironment("Warehouse__Postgres__ConnectionString", warehouse).WaitFor(warehouse)
        : service.WithEnvironment("Warehouse__Kind", "DuckDb").WithEnvironment("Warehouse__DuckDb__Path", Path.Combine(choices.Data, "warehouse.duckdb"))
            .WithEnvironment("Warehouse__DuckDb__StorageVersion", "v1.2.0");
}
