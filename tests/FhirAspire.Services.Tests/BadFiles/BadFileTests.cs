using System.Text.RegularExpressions;

namespace FhirAspire.Services.Tests.BadFiles;

/// <summary>All kinds of bad files are put into the bucket together and loaded by one run; each kind is then looked at by itself.</summary>
public sealed class BadFileTests(BadFileTests.OneLoad load) : IClassFixture<BadFileTests.OneLoad>
{
    public static TheoryData<string> Names => [.. BadFileTable.All.Select(file => file.Name)];

    [Fact]
    public void The_table_holds_at_least_40_kinds_that_are_quarantined() => BadFileTable.All.Count(file => file.Code is not null).ShouldBeGreaterThanOrEqualTo(40);

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_kind_is_loaded_right_or_quarantined_with_its_code_and_place(string name)
    {
        var (file, key) = load.Find(name);
        var errors = load.Errors.Where(error => error.Key == key || Regex.IsMatch(error.Key, $"^{Regex.Escape(key)}#\\d+$")).ToList();
        var rows = load.Rows.Count(row => row == key || row.StartsWith(key + "#", StringComparison.Ordinal));

        if (file.Code is null)
        {
            errors.ShouldBeEmpty();
        }
        else
        {
            errors.ShouldNotBeEmpty();
            errors[0].Code.ShouldStartWith(file.Code);
            errors[0].Place.ShouldStartWith(file.Place);
            errors[0].Reason.Length.ShouldBeGreaterThan(5);
            errors.ShouldAllBe(error => error.Resolved == false);
        }

        if (file.Rows >= 0)
        {
            rows.ShouldBe(file.Rows);
        }
        else
        {
            rows.ShouldBeGreaterThan(0, "the lines before the fault are loaded");
        }
    }

    [Fact]
    public void What_was_loaded_is_JSON_for_the_database_too() => load.Invalid.ShouldBe(0);

    [Fact]
    public void A_second_run_reads_none_of_them_again() => load.ReadAgain.ShouldBe(0);

    public sealed class OneLoad : IAsyncLifetime
    {
        private const string Day = "raw/patients/2026-01-02/";

        public List<(string Key, string Code, string Place, string Reason, bool Resolved)> Errors { get; } = [];

        public List<string> Rows { get; } = [];

        public long Invalid { get; private set; }

        public long ReadAgain { get; private set; }

        public (BadFile File, string Key) Find(string name)
        {
            var index = BadFileTable.All.Select(file => file.Name).ToList().IndexOf(name);
            return (BadFileTable.All[index], KeyOf(index));
        }

        public async Task InitializeAsync()
        {
            await using var pipeline = await PipelineFixture.StartAsync();
            pipeline.LoaderOptions.MaxDocumentBytes = 16 << 20;
            for (var i = 0; i < BadFileTable.All.Count; i++)
            {
                await pipeline.PutAsync(KeyOf(i), BadFileTable.All[i].Content());
            }

            (await pipeline.LoadAsync()).Problems.ShouldBeEmpty();
            ReadAgain = (await pipeline.LoadAsync()).Counts["files"];
            Rows.AddRange((await pipeline.QueryAsync("select file_key from raw.fhir_bundles")).Select(row => (string)row[0]!));
            Errors.AddRange((await pipeline.QueryAsync("select file_key, code, place, reason, resolved_at is not null from raw.load_errors order by 1")).Select(row => ((string)row[0]!, (string)row[1]!, (string)row[2]!, (string)row[3]!, (bool)row[4]!)));
            Invalid = (long)(await pipeline.QueryAsync("select count(*) from raw.fhir_bundles where not json_valid(bundle_data) or (bundle_data->>'$.resourceType') is null"))[0][0]!;
        }

        public Task DisposeAsync() => Task.CompletedTask;

        private static string KeyOf(int index) => $"{Day}{index:D3}/{BadFileTable.All[index].FileName}";
    }
}
