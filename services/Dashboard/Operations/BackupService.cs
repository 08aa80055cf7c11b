using System.Globalization;
using System.Security.Claims;
using System.Text.Json;
using FhirAspire.Dashboard.Access;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Hosting;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Operations;

/// <summary>
/// Copies warehouse (DuckDB) and history (SQLite) while the host works: the warehouse in one transaction, so that raw layer, marks and marts of the copy
/// belong together. For operators only, written to the audit log.
/// </summary>
public sealed class BackupService(IServiceProvider services, OperationsStore store, IOptions<BackupOptions> options, IOptions<RunStoreOptions> history, AuditLog audit, TimeProvider time)
{
    private readonly SemaphoreSlim oneAtATime = new(1, 1);

    /// <summary>Makes a copy, and removes the oldest beyond <see cref="BackupOptions.Keep"/>.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    public async Task<BackupReport> BackupAsync(ClaimsPrincipal user, CancellationToken cancellationToken = default)
    {
        if (!Roles.IsOperator(user))
        {
            await audit.WriteAsync(user, "backup", options.Value.Dir, "refused: needs the role operator");
            return new BackupReport(false, "This needs the role operator.", IsForbidden: true);
        }

        if (Refusal() is { } refusal)
        {
            return new BackupReport(false, refusal);
        }

        await oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var set = await MakeAsync(cancellationToken);
            var removed = RemoveOld();
            await audit.WriteAsync(user, "backup", set.Folder, $"{set.Manifest.Files.Values.Sum(file => file.Bytes)} bytes, {removed} old removed");
            return new BackupReport(true, $"{set.Manifest.Rows.Values.Sum():N0} rows in {set.Folder}", set.Folder, set.Manifest);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await audit.WriteAsync(user, "backup", options.Value.Dir, $"failed: {exception.Message}");
            return new BackupReport(false, $"The backup failed: {exception.Message}");
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    private string? Refusal() =>
        options.Value.Dir.Length == 0 ? "Backup:Dir is not set; set it to a folder."
        : services.GetService<IWarehouse>() is not { } warehouse ? "The warehouse is not reached from this process."
        : warehouse.Kind != WarehouseKind.DuckDb ? $"{warehouse.Kind} is backed up by its own means: pg_dump and point-in-time recovery, or Snowflake's Time Travel."
        : history.Value.Provider != RunStoreProvider.Sqlite ? "A history in PostgreSQL is backed up by PostgreSQL's own means."
        : null;

    private async Task<BackupSet> MakeAsync(CancellationToken cancellationToken)
    {
        var at = time.GetUtcNow();
        var folder = Path.Combine(options.Value.Dir, BackupSet.NameOf(at));
        var unfinished = folder + ".unfinished";
        Directory.CreateDirectory(unfinished);
        try
        {
            var rows = await CopyWarehouseAsync(Path.Combine(unfinished, BackupSet.Warehouse), cancellationToken);
            await store.CopyToAsync(Path.Combine(unfinished, BackupSet.History), cancellationToken);
            var files = new Dictionary<string, BackupFile>(StringComparer.Ordinal);
            foreach (var name in new[] { BackupSet.Warehouse, BackupSet.History })
            {
                var path = Path.Combine(unfinished, name);
                files[name] = new BackupFile(new FileInfo(path).Length, await BackupSet.HashAsync(path, cancellationToken));
            }

            var manifest = new BackupManifest(at.UtcDateTime, files, rows);
            await File.WriteAllBytesAsync(Path.Combine(unfinished, BackupSet.ManifestFile), JsonSerializer.SerializeToUtf8Bytes(manifest, JsonSerializerOptions.Web), cancellationToken);
            Directory.Move(unfinished, folder);
            return new BackupSet(folder, manifest);
        }
        catch
        {
            Directory.Delete(unfinished, recursive: true);
            throw;
        }
    }

    private async Task<IReadOnlyDictionary<string, long>> CopyWarehouseAsync(string path, CancellationToken cancellationToken)
    {
        var warehouse = services.GetRequiredService<IWarehouse>();
        var duckDb = services.GetRequiredService<IOptions<WarehouseOptions>>().Value.DuckDb;
        await using var session = await warehouse.OpenAsync(cancellationToken);
        var source = warehouse.Dialect.Quote((string)(await session.QueryAsync("select current_database()", null, cancellationToken)).Scalar!);
        var copy = $"backup_{Guid.NewGuid():N}";
        await session.ExecuteAsync(duckDb.AttachStatement(path, copy), null, cancellationToken);
        try
        {
            await session.BeginAsync(cancellationToken);
            var rows = await CountAsync(session, cancellationToken);
            await session.ExecuteAsync($"copy from database {source} to {copy}", null, cancellationToken);
            await session.CommitAsync(cancellationToken);
            return rows;
        }
        finally
        {
            await session.RollbackAsync(CancellationToken.None);
            await session.ExecuteAsync($"detach {copy}", null, CancellationToken.None);
        }
    }

    private static async Task<IReadOnlyDictionary<string, long>> CountAsync(IWarehouseSession session, CancellationToken cancellationToken)
    {
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        var tables = await session.QueryAsync("""
            select table_schema, table_name from information_schema.tables
            where table_catalog = current_database() and table_type = 'BASE TABLE' order by 1, 2
            """, null, cancellationToken);
        foreach (var table in tables.Rows)
        {
            var name = new TableName((string)table[0]!, (string)table[1]!);
            rows[name.ToString()] = Convert.ToInt64((await session.QueryAsync($"select count(*) from {session.Warehouse.Dialect.Quote(name)}", null, cancellationToken)).Scalar, CultureInfo.InvariantCulture);
        }

        return rows;
    }

    private int RemoveOld()
    {
        var old = BackupSet.In(options.Value.Dir).SkipLast(options.Value.Keep).ToList();
        foreach (var set in old)
        {
            // Without its manifest a half-removed copy is none.
            File.Delete(Path.Combine(set.Folder, BackupSet.ManifestFile));
            Directory.Delete(set.Folder, recursive: true);
        }

        return old.Count;
    }
}

/// <summary>What became of a backup.</summary>
/// <param name="Ok">Whether it was made.</param>
/// <param name="Message">For people.</param>
/// <param name="Folder">Where it is.</param>
/// <param name="Manifest">What it holds.</param>
/// <param name="IsForbidden">Whether the role was missing.</param>
public sealed record BackupReport(bool Ok, string Message, string? Folder = null, BackupManifest? Manifest = null, bool IsForbidden = false);
