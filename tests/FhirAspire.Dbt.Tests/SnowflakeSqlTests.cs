using System.Runtime.CompilerServices;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Tests;

/// <summary>
/// What every model of <c>dbt/</c> asks of Snowflake, compiled without an account. A difference to the golden files is looked at by a person: it is what runs there.
/// </summary>
public sealed class SnowflakeSqlTests
{
    /// <summary>Set to 1 to write the golden files anew.</summary>
    private const string UpdateVariable = "UPDATE_GOLDEN";

    private static readonly string Golden = Path.Combine(TestEnvironment.RepositoryRoot, "tests", "FhirAspire.Dbt.Tests", "SnowflakeGolden");

    // Functions and operators of DuckDB and PostgreSQL that Snowflake has not, or that its emulators lack.
    private static readonly string[] Foreign = ["unnest(", "jsonb", "json_extract", "from_json", "regexp_extract(", "list_", "read_parquet", " // ", "date_diff(", "generate_subscripts", "offset 0", "try_to_timestamp", "outer => ", "path => ", "string_agg", "filter (where", "#>>", "interval '"];

    [Fact]
    public async Task Every_model_compiles_to_the_SQL_of_its_golden_file()
    {
        var target = Directory.CreateTempSubdirectory("fhiraspire-snowflake-").FullName;
        try
        {
            var project = Path.Combine(TestEnvironment.RepositoryRoot, "dbt");
            var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DBT_TARGET"] = "snowflake", ["SNOWFLAKE_DATABASE"] = "FHIR" };
            var invocation = DbtInvocation.Parse(["compile", "--project-dir", project, "--profiles-dir", project, "--target-path", target, "--select", "resource_type:model"], environment, new NoAccount());
            var result = await DbtEngine.RunAsync(invocation, new Silent(), default);
            result.ExitCode.ShouldBe(0, result.Error?.ToConsoleText() ?? string.Join('\n', result.Nodes.Where(node => node.Error is not null).Select(node => node.Error!.ToConsoleText())));

            var compiled = Path.Combine(target, "compiled", "fhir_aspire", "models");
            var found = Directory.EnumerateFiles(compiled, "*.sql", SearchOption.AllDirectories).Where(path => !path.Contains(".yml", StringComparison.Ordinal))
                .ToDictionary(path => Path.GetFileName(path), path => File.ReadAllText(path).Trim().ReplaceLineEndings("\n") + "\n", StringComparer.Ordinal);
            found.Count.ShouldBe(Directory.EnumerateFiles(Path.Combine(project, "models"), "*.sql", SearchOption.AllDirectories).Count());
            if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
            {
                Directory.CreateDirectory(Golden);
                foreach (var (name, sql) in found)
                {
                    await File.WriteAllTextAsync(Path.Combine(Golden, name), sql);
                }
            }

            found.Keys.Order(StringComparer.Ordinal).ShouldBe(Directory.EnumerateFiles(Golden).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal));
            foreach (var (name, sql) in found)
            {
                sql.ShouldBe(File.ReadAllText(Path.Combine(Golden, name)).ReplaceLineEndings("\n"), name);
                foreach (var word in Foreign)
                {
                    sql.Contains(word, StringComparison.OrdinalIgnoreCase).ShouldBeFalse($"{name} has '{word}'");
                }
            }
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    [Fact]
    public async Task A_new_table_of_patients_is_masked_where_the_variable_names_a_policy_and_only_there()
    {
        var masked = await RunAsync("{masking_policy: fhir.marts.mask_identifier}");
        var made = masked.FindIndex(sql => sql.Contains("create or replace", StringComparison.Ordinal) && sql.Contains("FHIR.marts.dim_patients", StringComparison.OrdinalIgnoreCase));
        var policy = masked.FindIndex(sql => sql.Contains("masking policy", StringComparison.Ordinal));
        made.ShouldBeGreaterThanOrEqualTo(0, string.Join("\n---\n", masked));
        policy.ShouldBeGreaterThan(made);
        var columns = new[] { "first", "middle", "last", "maiden", "full_name", "address" }.Select(column => $" column {column} set masking policy fhir.marts.mask_identifier force");
        masked[policy][masked[policy].IndexOf("alter", StringComparison.Ordinal)..].Trim().ShouldBe($"alter table FHIR.marts.dim_patients modify{string.Join(',', columns)}");

        (await RunAsync("{}")).ShouldAllBe(sql => !sql.Contains("masking policy", StringComparison.Ordinal));
    }

    // What is sent when the model is run in an account where nothing is there yet.
    private static async Task<List<string>> RunAsync(string vars)
    {
        var target = Directory.CreateTempSubdirectory("fhiraspire-snowflake-").FullName;
        try
        {
            var project = Path.Combine(TestEnvironment.RepositoryRoot, "dbt");
            var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["DBT_TARGET"] = "snowflake", ["SNOWFLAKE_DATABASE"] = "FHIR" };
            var account = new NoAccount();
            var result = await DbtEngine.RunAsync(
                DbtInvocation.Parse(["run", "--project-dir", project, "--profiles-dir", project, "--target-path", target, "--select", "dim_patients", "--vars", vars], environment, account), new Silent(), default);
            result.ExitCode.ShouldBe(0, result.Error?.ToConsoleText() ?? string.Join('\n', result.Nodes.Where(node => node.Error is not null).Select(node => node.Error!.ToConsoleText())));
            return account.Statements;
        }
        finally
        {
            Directory.Delete(target, recursive: true);
        }
    }

    private sealed class Silent : IDbtObserver;

    /// <summary>An account in which nothing is there yet, and which keeps what is asked of it.</summary>
    private sealed class NoAccount : IWarehouse
    {
        public List<string> Statements { get; } = [];

        public WarehouseKind Kind => WarehouseKind.Snowflake;

        public string Location => "none";

        public SqlDialect Dialect => throw new NotSupportedException();

        public Task<IWarehouseSession> OpenAsync(CancellationToken cancellationToken = default) => Task.FromResult<IWarehouseSession>(new NoSession(this, Statements));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class NoSession(IWarehouse warehouse, List<string> statements) : IWarehouseSession
    {
        public IWarehouse Warehouse => warehouse;

        public bool InTransaction => false;

        public Task BeginAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task CommitAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task RollbackAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

        public Task<long> ExecuteAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) => Task.FromResult(Keep(sql, 0L));

        public Task<QueryResult> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) => Task.FromResult(Keep(sql, new QueryResult([], [])));

        public async IAsyncEnumerable<object?[]> StreamAsync(string sql, IReadOnlyList<object?>? parameters = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            yield break;
        }

        public Task<long> BulkLoadAsync(TableName table, IReadOnlyList<BulkColumn> columns, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private T Keep<T>(string sql, T answer)
        {
            lock (statements)
            {
                statements.Add(sql);
            }

            return answer;
        }
    }
}
