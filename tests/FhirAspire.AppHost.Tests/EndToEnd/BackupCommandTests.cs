using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using FhirAspire.ObjectStore;
using FhirAspire.ObjectStore.LocalS3;
using FhirAspire.Warehouse;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary><c>backup</c>, <c>restore</c> and <c>rebuild</c> on a data directory of the bundled sample.</summary>
public sealed class BackupCommandTests : IDisposable
{
    private readonly TemporaryData data = new();
    private readonly TemporaryData source = new();

    public void Dispose()
    {
        data.Dispose();
        source.Dispose();
    }

    [Fact]
    public async Task What_was_backed_up_comes_back_and_what_came_since_is_loaded_again()
    {
        await OnceAsync(2);
        var before = await StateAsync(data);
        var first = await BackupAsync();
        await OnceAsync(3);
        var after = await StateAsync(data);
        after.Patients.ShouldBe(before.Patients + 1);
        await BackupAsync();

        // Into another folder, to look at: this one stays as it is.
        using var look = new TemporaryData();
        await RunAsync(0, "restore", "--data", data.Path, "--at", first, "--to", look.Path);
        (await StateAsync(look)).ShouldBe(before);
        (await StateAsync(data)).ShouldBe(after);

        // Back as it was; S3 still has the third patient, whom the next load finds.
        await RunAsync(0, "restore", "--data", data.Path, "--at", first);
        (await StateAsync(data)).ShouldBe(before);
        await using (var host = HostUnderTest.Start(data, [.. HostUnderTest.Idle, "Jobs:loader:AtStart=true", "Dbt:OnLoad=Always"]))
        {
            await host.SaysAsync("marts published", TimeSpan.FromSeconds(120));
        }

        (await StateAsync(data)).ShouldBe(after);
        (await File.ReadAllTextAsync(Path.Combine(data.Path, "audit.jsonl"))).ShouldContain("\"action\":\"restore\"");
    }

    [Fact]
    public async Task A_running_host_makes_a_backup_and_a_damaged_or_missing_copy_is_refused()
    {
        await OnceAsync(1);
        await using (var host = HostUnderTest.Start(data, HostUnderTest.Idle))
        {
            await host.UrlAsync(data);
            await BackupAsync();
            (await RunAsync(1, "restore", "--data", data.Path)).ShouldContain("already works on");
        }

        (await RunAsync(1, "restore", "--data", data.Path, "--at", "2020-01-01")).ShouldContain("the oldest copy is of");
        (await RunAsync(2, "restore", "--data", data.Path, "--at", "yesterday")).ShouldContain("which is no time");
        var file = Directory.EnumerateFiles(Path.Combine(data.Path, "backups"), "warehouse.duckdb", SearchOption.AllDirectories).Single();
        await using (var stream = File.OpenWrite(file))
        {
            stream.Position = 5000;
            stream.WriteByte(0x5a);
            stream.WriteByte(0xa5);
        }

        (await RunAsync(1, "restore", "--data", data.Path)).ShouldContain("SHA-256 differs");
        (await StateAsync(data)).Patients.ShouldBe(1);
    }

    [Fact]
    public async Task Everything_is_made_anew_from_S3_alone()
    {
        await OnceAsync(3);
        var before = await StateAsync(data);
        File.Delete(Path.Combine(data.Path, "warehouse.duckdb"));
        File.Delete(Path.Combine(data.Path, "history.db"));
        Directory.Delete(Path.Combine(data.Path, "output"), recursive: true);

        await RunAsync(0, "rebuild", "--data", data.Path);

        (await StateAsync(data)).ShouldBe(before);

        // One that fails leaves what was there.
        await RunAsync(1, "rebuild", "--data", data.Path, "--set", "Jobs:dbt:Timeout=00:00:01", "--set", "Jobs:dbt:Retries=0");
        (await StateAsync(data)).ShouldBe(before);
    }

    [Fact]
    public async Task An_archived_object_is_named_and_the_warehouse_stays_until_it_has_been_restored()
    {
        await OnceAsync(1);
        var before = await StateAsync(data);
        var options = new LocalS3Options { Root = Path.Combine(data.Path, "s3"), Port = 0 };
        string key;
        await using (var server = await LocalS3Server.StartAsync(options))
        {
            using var client = ClientOf(server);
            var listed = await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = ObjectStoreOptions.DefaultBucket });
            key = listed.S3Objects.MaxBy(item => item.Size)!.Key;
            await client.CopyObjectAsync(new CopyObjectRequest
            {
                SourceBucket = ObjectStoreOptions.DefaultBucket, SourceKey = key, DestinationBucket = ObjectStoreOptions.DefaultBucket, DestinationKey = key, StorageClass = S3StorageClass.Glacier,
            });
        }

        var output = await RunAsync(1, "rebuild", "--data", data.Path);
        output.ShouldContain($"archived (GLACIER): {key}");
        output.ShouldContain("1 objects are archived");
        (await StateAsync(data)).ShouldBe(before);

        await using (var server = await LocalS3Server.StartAsync(options))
        {
            using var client = ClientOf(server);
            await client.RestoreObjectAsync(new RestoreObjectRequest { BucketName = ObjectStoreOptions.DefaultBucket, Key = key, Days = 2 });
        }

        await RunAsync(0, "rebuild", "--data", data.Path);
        (await StateAsync(data)).ShouldBe(before);
    }

    private static AmazonS3Client ClientOf(LocalS3Server server) =>
        new(server.AccessKey, server.SecretKey, new AmazonS3Config { ServiceURL = server.Endpoint.ToString(), ForcePathStyle = true, AuthenticationRegion = "us-east-1" });

    private Task OnceAsync(int patients)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(FhirAspire.Tests.TestEnvironment.RepositoryRoot, "samples", "synthea", "fhir-small")))
        {
            File.Copy(file, Path.Combine(source.Path, Path.GetFileName(file)), overwrite: true);
        }

        return RunAsync(0, "once", "--data", data.Path, "--source", source.Path, "--patients", patients.ToString());
    }

    private async Task<string> BackupAsync()
    {
        var json = Path.Combine(data.Path, "backup.json");
        await RunAsync(0, "backup", "--data", data.Path, "--json", json);
        using var report = JsonDocument.Parse(await File.ReadAllBytesAsync(json));
        return report.RootElement.GetProperty("manifest").GetProperty("at").GetString()!;
    }

    private static async Task<string> RunAsync(int expected, params string[] arguments)
    {
        var (exitCode, output) = await HostProcess.RunAsync(arguments);
        exitCode.ShouldBe(expected, $"{string.Join(' ', arguments)}\n{output}");
        return output;
    }

    private static async Task<State> StateAsync(TemporaryData folder)
    {
        await using var warehouse = folder.OpenWarehouse();
        await using var session = await warehouse.OpenAsync();
        var row = (await session.QueryAsync("""
            select (select count(*) from raw.fhir_bundles), (select count(distinct id) from marts.dim_patients), (select count(*) from marts.fct_encounters),
                (select coalesce(sum(total), 0)::varchar from marts.fct_claims), (select string_agg(file_key || etag, ',' order by file_key) from raw.fhir_bundles)
            """)).Rows.Single();
        return new State(Convert.ToInt64(row[0]), Convert.ToInt64(row[1]), Convert.ToInt64(row[2]), (string)row[3]!, (string)row[4]!);
    }

    private sealed record State(long Bundles, long Patients, long Encounters, string Claims, string Keys);
}
