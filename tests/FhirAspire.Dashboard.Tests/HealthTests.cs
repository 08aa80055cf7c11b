using FhirAspire.Dashboard.Operations;
using FhirAspire.ObjectStore;
using FhirAspire.ObjectStore.LocalS3;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace FhirAspire.Dashboard.Tests;

/// <summary>What Settings says of the parts that the pages need.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task The_object_store_answers_is_empty_or_is_out_of_reach()
    {
        var root = Directory.CreateTempSubdirectory("dashboard-s3-").FullName;
        var server = await LocalS3Server.StartAsync(new LocalS3Options { Root = root, Port = 0 });
        await using var host = await DashboardHost.StartAsync(
            builder => builder.AddObjectStore(),
            ("S3:ServiceUrl", server.Endpoint.ToString()), ("S3:AccessKey", server.AccessKey), ("S3:SecretKey", server.SecretKey), ("S3:Bucket", "patients"));
        var health = host.Services.GetRequiredService<HealthReader>();
        (await StoreAsync()).ShouldBe(new HealthCheck("Object store", null, "not there yet", "see that its server runs, and check the section S3"));

        await host.Services.GetRequiredService<ObjectBucket>().EnsureBucketAsync();
        (await StoreAsync()).ShouldBe(new HealthCheck("Object store", true, "bucket patients answers", null));

        await server.DisposeAsync();
        var lost = await StoreAsync();
        lost.IsOk.ShouldBe(false);
        lost.Detail.ShouldStartWith("does not answer");
        Directory.Delete(root, recursive: true);

        async Task<HealthCheck> StoreAsync() => (await health.CheckAsync()).Single(check => check.Name == "Object store");
    }

    [Fact]
    public async Task A_warehouse_whose_file_was_removed_is_not_called_well_because_it_is_still_open()
    {
        var folder = Directory.CreateTempSubdirectory("dashboard-warehouse-").FullName;
        var file = Path.Combine(folder, "w.duckdb");
        await using (var host = await DashboardHost.StartAsync(builder => builder.AddWarehouse(), ("Warehouse:Kind", "DuckDb"), ("Warehouse:DuckDb:Path", file)))
        {
            var health = host.Services.GetRequiredService<HealthReader>();
            (await WarehouseAsync()).ShouldBe(new HealthCheck("Warehouse", true, "DuckDb answers", null));
            await using var open = await host.Services.GetRequiredService<IWarehouse>().OpenAsync(default);
            File.Delete(file);
            (await WarehouseAsync()).ShouldSatisfyAllConditions(check => check.IsOk.ShouldBe(false), check => check.Detail.ShouldBe("its file is gone"));

            async Task<HealthCheck> WarehouseAsync() => (await health.CheckAsync()).Single(check => check.Name == "Warehouse");
        }

        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Without_a_store_nothing_is_said_to_be_wrong()
    {
        await using var host = await DashboardHost.StartAsync();
        (await host.Services.GetRequiredService<HealthReader>().CheckAsync()).Single(check => check.Name == "Object store").IsOk.ShouldBeNull();
    }
}
