using System.Diagnostics;
using DuckDB.NET.Data;
using FhirAspire.Dashboard.Analytics;

namespace FhirAspire.Dashboard.Marts;

/// <summary>
/// The published marts of one run in a database of their own, in memory: views over the Parquet files. It can read these files and reach nothing else,
/// and no query can change that: external access is off and the configuration locked before the first query.
/// </summary>
internal sealed class ParquetMarts : MartsSnapshot
{
    private readonly DuckDBConnection root;
    private int users = 1;

    private ParquetMarts(DuckDBConnection root) => this.root = root;

    public override AnalyticsDialect Dialect => AnalyticsDialect.DuckDb;

    public override string Schema => "main";

    public static ParquetMarts Open(string folder, long runId, string memory, int threads)
    {
        var files = new DirectoryInfo(folder).EnumerateFiles("*.parquet").OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        if (files.Count == 0)
        {
            throw new MartsException("DB1001", $"run {runId} has published no tables");
        }

        var database = new DuckDBConnection("Data Source=:memory:");
        try
        {
            database.Open();
            using var command = database.CreateCommand();
            long rows = 0;
            Run($"set memory_limit = '{memory}'");
            Run($"set threads = {threads}");
            Run("set TimeZone = 'UTC'");
            Run("set temp_directory = ''");
            Run("set autoinstall_known_extensions = false");
            Run("set autoload_known_extensions = false");
            Run("set allow_community_extensions = false");
            Run($"set allowed_paths = [{string.Join(", ", files.Select(file => Literal(file.FullName)))}]");
            foreach (var file in files)
            {
                Run($"create view \"{TableOf(file).Replace("\"", "\"\"", StringComparison.Ordinal)}\" as select * from read_parquet({Literal(file.FullName)})");
                command.CommandText = $"select sum(num_rows) from parquet_file_metadata({Literal(file.FullName)})";
                rows += (long)(ReaderResult.ToDouble(command.ExecuteScalar()) ?? 0);
            }

            Run("set enable_external_access = false");
            Run("set lock_configuration = true");
            return new ParquetMarts(database)
            {
                RunId = runId, Tables = [.. files.Select(TableOf)], Rows = rows, Bytes = files.Sum(file => file.Length), PublishedAt = files.Max(file => file.LastWriteTimeUtc),
            };

            void Run(string sql)
            {
                command.CommandText = sql;
                command.ExecuteNonQuery();
            }
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    public override async Task<ReaderResult> QueryAsync(string sql, IReadOnlyDictionary<string, object?>? parameters, int maxRows, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        return await Task.Run(() => Query(sql, parameters, maxRows, timeout, limit.Token, cancellationToken), CancellationToken.None);
    }

    internal override IDisposable? Use()
    {
        while (true)
        {
            var now = Volatile.Read(ref users);
            if (now == 0)
            {
                return null;
            }

            if (Interlocked.CompareExchange(ref users, now + 1, now) == now)
            {
                return new Lease(this);
            }
        }
    }

    public override void Dispose() => Release();

    private static string TableOf(FileInfo file) => Path.GetFileNameWithoutExtension(file.Name);

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private ReaderResult Query(string sql, IReadOnlyDictionary<string, object?>? parameters, int maxRows, TimeSpan timeout, CancellationToken stop, CancellationToken byCaller)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            using var connection = root.Duplicate();
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.UseStreamingMode = true;
            foreach (var (name, value) in parameters ?? new Dictionary<string, object?>())
            {
                command.Parameters.Add(new DuckDBParameter(name, value ?? DBNull.Value));
            }

            using var interrupt = stop.Register(command.Cancel);
            stop.ThrowIfCancellationRequested();
            using var reader = command.ExecuteReader();
            var columns = new ReaderColumn[reader.FieldCount];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = new ReaderColumn(reader.GetName(i), reader.GetDataTypeName(i));
            }

            var rows = new List<object?[]>();
            while (reader.Read())
            {
                stop.ThrowIfCancellationRequested();
                if (rows.Count == maxRows)
                {
                    return new ReaderResult(columns, rows, IsCut: true, watch.Elapsed);
                }

                var row = new object?[columns.Length];
                for (var i = 0; i < row.Length; i++)
                {
                    row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
                }

                rows.Add(row);
            }

            return new ReaderResult(columns, rows, IsCut: false, watch.Elapsed);
        }
        catch (Exception exception) when (exception is DuckDBException or OperationCanceledException && stop.IsCancellationRequested)
        {
            byCaller.ThrowIfCancellationRequested();
            throw new MartsException("DB1004", $"the query took longer than {timeout.TotalSeconds:0.#} s and was stopped; read fewer rows, or add a filter or limit");
        }
        catch (DuckDBException exception)
        {
            throw new MartsException("DB1003", MartsErrors.Scrub(exception.Message));
        }
    }

    private void Release()
    {
        if (Interlocked.Decrement(ref users) == 0)
        {
            root.Dispose();
        }
    }

    private sealed class Lease(ParquetMarts snapshot) : IDisposable
    {
        private ParquetMarts? held = snapshot;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }
}
