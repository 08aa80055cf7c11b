using System.Reflection;
using System.Runtime.InteropServices;
using Amazon.S3;
using Amazon.S3.Model;
using FhirAspire.Dashboard.Marts;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.Dashboard.Operations;

/// <summary>Asks each part that the pages need whether it answers, and shows the configuration without secrets.</summary>
public sealed class HealthReader(IRunStore store, MartsLibrary marts, ModelCatalog models, IServiceProvider services, IConfiguration configuration)
{
    private static readonly string[] Sections = ["Dashboard", "Generator", "Spool", "Uploader", "S3", "LocalS3", "Loader", "Warehouse", "Dbt", "Jobs", "History", "Alerts", "Cost"];
    private static readonly string[] SecretWords = ["password", "secret", "token", "accesskey", "connectionstring", "webhook", "credential", "passphrase", "apikey", "privatekey"];

    // A store that is out of reach is tried several times by its client; the page is to be there sooner.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>The checks, all at once, each with a hint how to mend it.</summary>
    public async Task<IReadOnlyList<HealthCheck>> CheckAsync(CancellationToken cancellationToken = default) => await Task.WhenAll(
        RunAsync("Run history", "check the section History", async () => (await store.QueryAsync(new RunFilter { Limit = 1 }, cancellationToken)) is [var run] ? $"newest run {run.Id}" : "no run yet"),
        RunAsync("Object store", "see that its server runs, and check the section S3", async () =>
        {
            if (services.GetService<ObjectBucket>() is not { } bucket)
            {
                return null;
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(Patience);
            try
            {
                await bucket.Client.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket.Bucket }, limit.Token);
                return $"bucket {bucket.Bucket} answers";
            }
            catch (AmazonS3Exception exception) when (ObjectStoreErrors.IsNotFound(exception))
            {
                return null;
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException(exception.Message, exception);
            }
        }),
        WarehouseAsync(cancellationToken),
        RunAsync("Published marts", "they come with the first good dbt run", () => Task.FromResult(marts.Current is { } current ? $"run {current.RunId}, {current.Tables.Count} tables, {current.Rows:N0} rows" : null)),
        RunAsync("dbt project", "it is read after the first dbt run", () => Task.FromResult(models.All.Count > 0 ? $"{models.All.Count} models, seeds and sources" : null)),
        Task.FromResult(new HealthCheck("Versions", true, $"FhirAspire {Version}, .NET {Environment.Version}, {RuntimeInformation.OSDescription}", null)));

    /// <summary>The configuration of this product; what may be a secret only says that it is set.</summary>
    public IReadOnlyList<(string Key, string Value)> Configuration() =>
    [
        .. configuration.AsEnumerable()
            .Where(pair => pair.Value is not null && Sections.Any(section => pair.Key.StartsWith(section + ":", StringComparison.OrdinalIgnoreCase)))
            .Select(pair => (pair.Key, IsSecret(pair.Key) ? "(set)" : pair.Value!))
            .OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase),
    ];

    internal static bool IsSecret(string key) => SecretWords.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase));

    private static string Version => typeof(HealthReader).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion is { } version ? version.Split('+')[0] : "unknown";

    private async Task<HealthCheck> WarehouseAsync(CancellationToken cancellationToken)
    {
        var warehouse = services.GetService<IWarehouse>();
        var check = await RunAsync("Warehouse", "check the section Warehouse", async () => warehouse is null ? null : await warehouse.CheckAsync(cancellationToken));

        // A file that was removed answers as long as it is open.
        return check.IsOk == true && warehouse is DuckDbWarehouse && configuration["Warehouse:DuckDb:Path"] is { Length: > 0 } path && path != ":memory:" && !File.Exists(path)
            ? check with { IsOk = false, Detail = "its file is gone", Mend = "what is open still answers, but the next start begins empty: stop the host, then put the file back, restore a backup or rebuild" }
            : check;
    }

    private static async Task<HealthCheck> RunAsync(string name, string mend, Func<Task<string?>> check)
    {
        try
        {
            return await check() is { } detail ? new HealthCheck(name, true, detail, null) : new HealthCheck(name, null, "not there yet", mend);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new HealthCheck(name, false, $"does not answer ({(exception as WarehouseException)?.Code ?? exception.GetType().Name})", (exception as WarehouseException)?.Hint ?? mend);
        }
    }
}

/// <summary>One check; null is not known.</summary>
public sealed record HealthCheck(string Name, bool? IsOk, string Detail, string? Mend);
