using FhirAspire.AppHost.Model;

namespace FhirAspire.AppHost.Tests.Aspire;

/// <summary>The app model, looked at without starting anything.</summary>
public sealed class ModelTests
{
    [Fact]
    public async Task By_default_containers_stand_in_for_the_cloud()
    {
        await using var model = await AppModel.CreateAsync();

        model.Names().ShouldBe(["dashboard", "dbt-runner", "generator", "history", "loader", "localstack", "postgres", "uploader", "warehouse"]);
        var localStack = model.Find(Names.LocalStack);
        var image = localStack.Annotations.OfType<ContainerImageAnnotation>().Single();
        (image.Image, image.Tag).ShouldBe(("localstack/localstack", "4.14.0"));
        localStack.Annotations.OfType<ContainerLifetimeAnnotation>().Single().Lifetime.ShouldBe(ContainerLifetime.Persistent);
        localStack.Annotations.OfType<HealthCheckAnnotation>().Count().ShouldBe(1);
        localStack.Annotations.OfType<EndpointAnnotation>().Single().TargetPort.ShouldBe(4566);
        model.Find(Names.Postgres).Annotations.OfType<ContainerMountAnnotation>().Single().Type.ShouldBe(ContainerMountType.Volume);
        ((PostgresDatabaseResource)model.Find(Names.Warehouse)).DatabaseName.ShouldBe("fhir");
    }

    [Theory]
    [InlineData(Names.Generator, "history,postgres")]
    [InlineData(Names.Uploader, "generator,history,localstack,postgres")]
    [InlineData(Names.Loader, "history,localstack,postgres,warehouse")]
    [InlineData(Names.DbtRunner, "history,loader,postgres,warehouse")]
    [InlineData(Names.Dashboard, "dbt-runner,history,localstack,postgres,warehouse")]
    public async Task A_service_waits_for_what_it_reads_from(string name, string waits)
    {
        await using var model = await AppModel.CreateAsync();
        string.Join(',', model.Find(name).Waits()).ShouldBe(waits);
    }

    [Fact]
    public async Task A_service_gets_its_addresses_from_the_resources()
    {
        await using var model = await AppModel.CreateAsync();
        var loader = await model.Find(Names.Loader).EnvironmentAsync();
        loader["S3__ServiceUrl"].ShouldBe("{localstack.bindings.s3.url}");
        loader["Warehouse__Kind"].ShouldBe("Postgres");
        loader["Warehouse__Postgres__ConnectionString"].ShouldBe("{warehouse.connectionString}");
        loader["History__Provider"].ShouldBe("Postgres");
        loader["History__ConnectionString"].ShouldBe("{history.connectionString}");
        var generator = await model.Find(Names.Generator).EnvironmentAsync();
        var uploader = await model.Find(Names.Uploader).EnvironmentAsync();
        Path.IsPathFullyQualified(generator["Spool__Path"]).ShouldBeTrue();
        uploader["Spool__Path"].ShouldBe(generator["Spool__Path"]);
        (await model.Find(Names.Dashboard).EnvironmentAsync())["Dashboard__MartsDir"].ShouldBe((await model.Find(Names.DbtRunner).EnvironmentAsync())["Dbt__MartsDir"]);
    }

    [Fact]
    public async Task A_service_has_health_replicas_and_a_button_for_each_command()
    {
        await using var model = await AppModel.CreateAsync("--Replicas:loader=3");
        foreach (var (name, job, replicas) in new[] { (Names.Generator, "generator", 1), (Names.Uploader, "uploader", 1), (Names.Loader, "loader", 3), (Names.DbtRunner, "dbt", 1) })
        {
            var service = model.Find(name);
            service.Annotations.OfType<HealthCheckAnnotation>().Count().ShouldBe(1, name);
            service.GetReplicaCount().ShouldBe(replicas, name);
            service.Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name).Intersect([$"{job}-run", $"{job}-retry", $"{job}-pause", $"{job}-resume"], StringComparer.Ordinal).Count().ShouldBe(4, name);
            (await service.EnvironmentAsync())["Jobs__Commands"].ShouldBe("true", name);
        }
    }

    [Fact]
    public async Task Without_containers_the_own_S3_server_and_one_pipeline_on_files_stand_in()
    {
        await using var model = await AppModel.CreateAsync("--Emulators:S3=Own", "--Emulators:Warehouse=DuckDb", "--Data=/tmp/fhiraspire-model");

        model.Names().ShouldBe(["generator", "pipeline", "s3", "uploader"]);
        model.Resources.OfType<ContainerResource>().ShouldBeEmpty();
        var pipeline = await model.Find(Names.Pipeline).EnvironmentAsync();
        pipeline["Services"].ShouldBe("loader,dbt-runner,dashboard");
        pipeline["Warehouse__Kind"].ShouldBe("DuckDb");
        pipeline["Warehouse__DuckDb__Path"].ShouldBe("/tmp/fhiraspire-model/warehouse.duckdb");
        pipeline["History__Provider"].ShouldBe("Sqlite");
        pipeline["S3__ServiceUrl"].ShouldBe("{s3.bindings.s3.url}");
        model.Find(Names.Pipeline).Waits().ShouldBe(["s3"]);
    }

    [Fact]
    public async Task A_server_of_ones_own_comes_by_its_connection_strings()
    {
        await using var model = await AppModel.CreateAsync("--Emulators:S3=Own", "--Emulators:Warehouse=Server", "--ConnectionStrings:history=Host=h", "--ConnectionStrings:warehouse=Host=w");

        model.Names().ShouldBe(["dashboard", "dbt-runner", "generator", "history", "loader", "s3", "uploader", "warehouse"]);
        (await model.Find(Names.DbtRunner).EnvironmentAsync())["Warehouse__Postgres__ConnectionString"].ShouldBe("{warehouse.connectionString}");
    }
}
