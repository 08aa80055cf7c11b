using Amazon.Runtime;
using FhirAspire.Fhir.Spool;
using FhirAspire.ObjectStore;
using FhirAspire.Tests;
using FhirAspire.Warehouse;

namespace FhirAspire.Services.Tests.Faults;

/// <summary>A disk that is really full (a small tmpfs): a clear error, nothing broken, and the work goes on when there is room.</summary>
public sealed class DiskFullTests
{
    [SkippableFact]
    public async Task A_full_spool_takes_no_half_patient_and_goes_on_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(2);
        var spool = new SpoolDirectory(new SpoolOptions { Path = Path.Combine(disk.Path, "spool") }, TimeProvider.System);
        await AddAsync(spool, "p1");
        disk.Fill(left: 100_000);

        (await Should.ThrowAsync<IOException>(() => AddAsync(spool, "p2"))).Message.ShouldContain("No space left on device");
        spool.Folders().Count().ShouldBe(1);
        Directory.EnumerateFileSystemEntries(Path.Combine(disk.Path, "spool", ".unfinished")).ShouldBeEmpty();

        disk.Empty();
        await AddAsync(spool, "p2");
        spool.Folders().Count().ShouldBe(2);
    }

    [SkippableFact]
    public async Task A_full_disk_of_S3_refuses_the_object_keeps_the_others_and_goes_on_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(24);
        await using var pipeline = await PipelineFixture.StartAsync(s3Root: Path.Combine(disk.Path, "s3"));
        await pipeline.PutAsync("raw/patients/a", new byte[1 << 20]);
        disk.Fill(left: 200_000);

        var error = await Should.ThrowAsync<AmazonServiceException>(() => pipeline.PutAsync("raw/patients/b", new byte[2 << 20]));
        ObjectStoreErrors.IsTransient(error).ShouldBeTrue($"{error.StatusCode} {error.ErrorCode}");
        (await pipeline.Bucket.FindAsync("raw/patients/b")).ShouldBeNull();
        (await pipeline.Bucket.FindAsync("raw/patients/a"))!.Size.ShouldBe(1 << 20);

        disk.Empty();
        await pipeline.PutAsync("raw/patients/b", new byte[2 << 20]);
        (await pipeline.Bucket.FindAsync("raw/patients/b"))!.Size.ShouldBe(2 << 20);
    }

    [SkippableFact]
    public async Task A_full_disk_of_the_warehouse_loses_and_doubles_nothing()
    {
        using var disk = SmallDisk.Mount(48);
        await using var pipeline = await PipelineFixture.StartAsync(warehouse: Path.Combine(disk.Path, "warehouse.duckdb"));
        var random = new Random(1);
        await pipeline.PutAsync("raw/patients/2026-01-02/a/f.json", Document("a", random, 1000));
        await pipeline.LoadAsync();
        disk.Fill(left: 400_000);
        for (var i = 0; i < 10; i++)
        {
            await pipeline.PutAsync($"raw/patients/2026-01-02/b{i}/f.json", Document($"b{i}", random, 400_000));
        }

        var error = await Should.ThrowAsync<WarehouseException>(() => pipeline.LoadAsync());
        error.IsTransient.ShouldBeTrue($"{error.Code} {error.Message}");
        error.Code.ShouldBeOneOf("WH2003", "WH2004");
        await Should.ThrowAsync<WarehouseException>(() => pipeline.LoadAsync());

        disk.Empty();
        (await pipeline.LoadAsync()).Problems.ShouldBeEmpty();
        (await pipeline.QueryAsync("select count(*), count(distinct file_key) from raw.fhir_bundles")).Single().ShouldBe([11L, 11L]);
        (await pipeline.LoadAsync()).Counts["files"].ShouldBe(0);
    }

    // Random text, which no compression makes small.
    private static string Document(string id, Random random, int length) =>
        $$"""{"resourceType":"Patient","id":"{{id}}","address":[{"text":"{{Convert.ToHexString(Bytes(random, length / 2))}}"}]}""";

    private static byte[] Bytes(Random random, int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }

    private static Task<SpoolFolder> AddAsync(SpoolDirectory spool, string id) =>
        spool.AddAsync(id, (folder, stop) => File.WriteAllBytesAsync(Path.Combine(folder, "f.json"), new byte[300_000], stop));
}
