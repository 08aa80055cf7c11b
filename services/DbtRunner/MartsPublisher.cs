using System.Runtime.InteropServices;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Postgres;
using Microsoft.Extensions.Options;

namespace FhirAspire.DbtRunner;

/// <summary>
/// Publishes the marts as Parquet files, <c>{runId}/{table}.parquet</c>, from one transaction, so that all are of one run. The link <c>current</c> is
/// switched last, by rename: a reader sees the old set or the new one.
/// </summary>
public sealed partial class MartsPublisher(IWarehouse warehouse, IOptions<DbtOptions> options)
{
    private const string Current = "current";
    private const string Schema = "marts";

    private readonly DbtOptions options = options.Value;

    /// <summary>Publishes what the marts hold now.</summary>
    /// <returns>Files written.</returns>
    public async Task<int> PublishAsync(long runId, CancellationToken cancellationToken)
    {
        if (warehouse.Kind == WarehouseKind.Snowflake)
        {
            // There the marts are read where they are.
            return 0;
        }

        Directory.CreateDirectory(options.MartsDir);
        var target = Path.Combine(options.MartsDir, runId.ToString());
        var unfinished = target + ".unfinished";
        DeleteIfThere(unfinished);
        Directory.CreateDirectory(unfinished);
        var files = warehouse is PostgresWarehouse postgres ? await ParquetExport.WriteAsync(postgres, Schema, unfinished, cancellationToken) : await WriteAsync(unfinished, cancellationToken);

        DeleteIfThere(target);
        Directory.Move(unfinished, target);
        SwitchCurrent(runId);
        RemoveOld(runId);
        return files;
    }

    private async Task<int> WriteAsync(string folder, CancellationToken cancellationToken)
    {
        await using var session = await warehouse.OpenAsync(cancellationToken);
        await session.BeginAsync(cancellationToken);
        var tables = await session.QueryAsync($"select table_name from information_schema.tables where table_schema = '{Schema}' and table_type = 'BASE TABLE' order by 1", null, cancellationToken);
        foreach (var row in tables.Rows)
        {
            var table = (string)row[0]!;
            var path = Path.Combine(folder, table + ".parquet").Replace("'", "''", StringComparison.Ordinal);
            await session.ExecuteAsync($"copy (select * from {warehouse.Dialect.Quote(new TableName(Schema, table))}) to '{path}' (format parquet, compression zstd)", null, cancellationToken);
        }

        return tables.Rows.Count;
    }

    private void SwitchCurrent(long runId)
    {
        var link = Path.Combine(options.MartsDir, Current);
        var newLink = link + ".new";
        if (new DirectoryInfo(newLink).LinkTarget is not null)
        {
            Directory.Delete(newLink);
        }

        Directory.CreateSymbolicLink(newLink, runId.ToString());
        if (OperatingSystem.IsWindows())
        {
            // No rename over a link to a folder there: for an instant there is none.
            if (Directory.Exists(link))
            {
                Directory.Delete(link);
            }

            Directory.Move(newLink, link);
        }
        else if (Rename(newLink, link) != 0)
        {
            throw new IOException($"{link} could not be switched to {runId} (error {Marshal.GetLastPInvokeError()})");
        }
    }

    // .NET's File.Move looks through a link, and takes one to a folder for no file.
    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Rename(string from, string to);

    private void RemoveOld(long runId)
    {
        var old = Directory.EnumerateDirectories(options.MartsDir)
            .Select(path => (Path: path, Name: Path.GetFileName(path)))
            .Where(folder => folder.Name != Current && (folder.Name.EndsWith(".unfinished", StringComparison.Ordinal) || long.TryParse(folder.Name, out _)))
            .OrderByDescending(folder => long.TryParse(folder.Name, out var run) ? run : -1)
            .Skip(options.KeepMarts);
        foreach (var (path, name) in old)
        {
            if (name != runId.ToString())
            {
                Directory.Delete(path, recursive: true);
            }
        }
    }

    private static void DeleteIfThere(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
