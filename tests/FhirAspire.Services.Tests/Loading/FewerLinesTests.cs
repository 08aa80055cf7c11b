using System.Text.Json;
using FhirAspire.Dbt;
using FhirAspire.DbtRunner;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Postgres;

namespace FhirAspire.Services.Tests.Loading;

/// <summary>An NDJSON file that comes again with fewer lines: what the others gave goes from the raw layer, from staging and from the marts, by an increment.</summary>
public sealed class FewerLinesTests
{
    private const string Day = "raw/patients/2026-01-02/bulk/";

    [SkippableTheory]
    [InlineData(WarehouseKind.DuckDb, 0)]
    [InlineData(WarehouseKind.DuckDb, 1)]
    [InlineData(WarehouseKind.Postgres, 0)]
    public async Task What_vanished_lines_gave_goes_from_all_layers(WarehouseKind kind, int maxNewEntries)
    {
        var server = kind == WarehouseKind.Postgres ? new PostgresWarehouse(new PostgresOptions { ConnectionString = await (await PostgresServer.RequireAsync()).CreateDatabaseAsync() }) : null;
        await using var pipeline = await PipelineFixture.StartAsync(server: server);
        await pipeline.PutAsync(Day + "Patient.ndjson", Lines(Patient("a"), Patient("b"), Patient("c")));
        await pipeline.PutAsync(Day + "Condition.ndjson", Lines(Condition("1", "a"), Condition("2", "a"), Condition("3", "b"), Condition("4", "c")));
        await DbtAsync(pipeline, "seed");
        await LoadAndRunAsync(pipeline, 0);
        (await ColumnAsync(pipeline, "select id from marts.dim_patients")).ShouldBe(["a", "b", "c"]);
        (await ColumnAsync(pipeline, "select code from staging.stg_conditions")).ShouldBe(["1", "2", "3", "4"]);

        // The last patient and the conditions of lines 2 and 4 are left out, and what was line 3 becomes line 2; an object between them comes in the same run.
        await pipeline.PutAsync(Day + "Condition.ndjson", Lines(Condition("1", "a"), Condition("3", "b")));
        await pipeline.PutAsync(Day + "Again.ndjson", Lines(Condition("5", "a")));
        await pipeline.PutAsync(Day + "Patient.ndjson", Lines(Patient("a"), Patient("b")));
        await LoadAndRunAsync(pipeline, maxNewEntries);
        for (var pass = 0; maxNewEntries > 0 && pass < 6; pass++)
        {
            await RunAsync(pipeline, maxNewEntries);
        }

        await ExpectAsync();
        (await ColumnAsync(pipeline, "select file_key from staging.base_fhir_files where record_count = 0")).ShouldBe([Day + "Condition.ndjson#3", Day + "Condition.ndjson#4", Day + "Patient.ndjson#3"]);

        // Nothing comes of it twice, a line that is there again counts again, and a full refresh says the same.
        await RunAsync(pipeline, 0);
        await ExpectAsync();
        await pipeline.PutAsync(Day + "Condition.ndjson", Lines(Condition("1", "a"), Condition("3", "b"), Condition("6", "b")));
        await LoadAndRunAsync(pipeline, 0);
        (await ColumnAsync(pipeline, "select code from staging.stg_conditions")).ShouldBe(["1", "3", "5", "6"]);
        await RunAsync(pipeline, 0, "--full-refresh");
        (await ColumnAsync(pipeline, "select code from staging.stg_conditions")).ShouldBe(["1", "3", "5", "6"]);

        async Task ExpectAsync()
        {
            (await ColumnAsync(pipeline, "select id from staging.stg_patients")).ShouldBe(["a", "b"]);
            (await ColumnAsync(pipeline, "select id from marts.dim_patients")).ShouldBe(["a", "b"]);
            (await ColumnAsync(pipeline, "select code from staging.stg_conditions")).ShouldBe(["1", "3", "5"]);
        }
    }

    private static string Lines(params string[] lines) => string.Join('\n', lines) + "\n";

    private static string Patient(string id) => $$"""{"resourceType":"Patient","id":"{{id}}","gender":"female","birthDate":"1980-01-01","name":[{"family":"F{{id}}","given":["G"]}]}""";

    private static string Condition(string code, string patient) =>
        $$"""{"resourceType":"Condition","id":"c{{code}}","code":{"coding":[{"system":"http://snomed.info/sct","code":"{{code}}","display":"D"}]},"onsetDateTime":"2020-01-01T00:00:00Z","subject":{"reference":"Patient/{{patient}}"} }""";

    private static async Task LoadAndRunAsync(PipelineFixture pipeline, int maxNewEntries)
    {
        pipeline.Time.Advance(TimeSpan.FromMinutes(1));
        (await pipeline.LoadAsync()).Problems.ShouldBeEmpty();
        await RunAsync(pipeline, maxNewEntries);
    }

    private static Task RunAsync(PipelineFixture pipeline, int maxNewEntries, params string[] options) =>
        DbtAsync(pipeline, ["run", "--select", "+dim_patients", "+stg_conditions", "--vars", JsonSerializer.Serialize(new { max_new_entries = maxNewEntries }), .. options]);

    private static async Task DbtAsync(PipelineFixture pipeline, params string[] command)
    {
        var project = Path.Combine(TestEnvironment.RepositoryRoot, "dbt");
        string[] arguments = [.. command, "--project-dir", project, "--profiles-dir", project, "--target-path", Path.Combine(pipeline.Folder, "target")];
        var result = await DbtEngine.RunAsync(DbtInvocation.Parse(arguments, DbtEnvironment.For(pipeline.Warehouse), pipeline.Warehouse), new Silent(), default);
        result.ExitCode.ShouldBe(0, string.Join('\n', result.Nodes.Where(node => node.Error is not null).Select(node => node.Error!.ToConsoleText())));
    }

    private static async Task<IEnumerable<string>> ColumnAsync(PipelineFixture pipeline, string sql) => (await pipeline.QueryAsync(sql)).Select(row => (string)row[0]!).Order(StringComparer.Ordinal);

    private sealed class Silent : IDbtObserver;
}
