using System.Text.Json;
using System.Text.RegularExpressions;
using FhirAspire.Dbt.Commands;

namespace FhirAspire.Dbt.Tests;

/// <summary>What commands say and write, on one small project.</summary>
public sealed class CommandTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-").FullName;

    public CommandTests()
    {
        Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n");
        Write("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, schema: main, threads: 1}\n");
        Write("seeds/raw.csv", "id,amount\n1,1.5\n2,1234.25\n");
        Write("models/orders.sql", "select * from {{ ref('raw') }}");
        Write("models/total.sql", "{{ config(materialized='table') }} select sum(amount) as total from {{ ref('orders') }}");
        Write("models/schema.yml", "models:\n  - name: orders\n    columns:\n      - {name: id, data_tests: [unique]}\nexposures:\n  - {name: board, type: dashboard, owner: {name: x}, depends_on: [\"ref('total')\"]}\n");
        Write("analyses/look.sql", "select 1");
    }

    [Theory]
    [InlineData("run --help", "--event-time-start TIME", "--store-failures")]
    [InlineData("test -h", "--store-failures", "--event-time-start")]
    [InlineData("--no-partial-parse ls --help", "--output json|name|path|selector", "--full-refresh")]
    [InlineData("run-operation --help", "MACRO", "--select")]
    [InlineData("source freshness --help", "--output, -o TEXT", "--empty")]
    [InlineData("deps --help", "without effect: --cache-selected-only", "--select")]
    [InlineData("docs --help", "docs generate", "--event-time-start")]
    public async Task Each_command_lists_its_own_options(string command, string has, string hasNot)
    {
        var (exit, text, errors) = await RunAsync(command.Split(' '));

        exit.ShouldBe(0, errors);
        text.ShouldContain(has);
        text.ShouldNotContain(hasNot);
    }

    [Fact]
    public async Task A_package_is_added_by_hand_and_not_left_out_without_a_word()
    {
        var (exit, _, errors) = await RunAsync("deps", "--add-package", "dbt-labs/dbt_utils@1.0.0");

        exit.ShouldBe(2);
        errors.ShouldContain("DBT0013");
    }

    [Fact]
    public async Task Help_names_every_option_that_a_command_takes()
    {
        foreach (var command in OptionTable.Commands)
        {
            var (exit, text, errors) = await RunAsync([.. command.Split(' '), "--help"]);

            exit.ShouldBe(0, errors);
            OptionTable.All.Where(option => option.Commands?.Contains(command) != false).ShouldAllBe(option => text.Contains(option.Names[0], StringComparison.Ordinal));
        }

        (await RunAsync("bulid", "--help")).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task With_json_logs_every_line_is_an_event_with_dbts_name_and_the_node_it_is_about()
    {
        var (exit, text, _) = await RunAsync("--log-format", "json", "build");

        exit.ShouldBe(0);
        var events = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        events.ShouldAllBe(line => line.GetProperty("info").GetProperty("name").GetString()!.Length > 0 && line.GetProperty("info").GetProperty("ts").GetString()!.Length > 0);
        var id = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "target", "run_results.json"))).RootElement.GetProperty("metadata").GetProperty("invocation_id").GetString();
        events.ShouldAllBe(line => line.GetProperty("info").GetProperty("invocation_id").GetString() == id);
        string Of(string name, string key) => string.Join(',', events.Where(line => line.GetProperty("info").GetProperty("name").GetString() == name).Select(line => line.GetProperty("data").GetProperty("node_info").GetProperty(key).GetString()));
        Of("LogSeedResult", "unique_id").ShouldBe("seed.shop.raw");
        Of("LogModelResult", "unique_id").ShouldBe("model.shop.orders,model.shop.total");
        Of("LogTestResult", "node_status").ShouldBe("pass");
        events[^1].GetProperty("data").GetProperty("stats").GetProperty("total").GetInt32().ShouldBe(5);
    }

    [Fact]
    public async Task Results_give_rows_where_the_database_counts_them_and_none_for_a_view()
    {
        (await RunAsync("build")).Exit.ShouldBe(0);

        var responses = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "target", "run_results.json"))).RootElement.GetProperty("results").EnumerateArray()
            .ToDictionary(result => result.GetProperty("unique_id").GetString()!, result => result.GetProperty("adapter_response"), StringComparer.Ordinal);
        responses["seed.shop.raw"].GetProperty("rows_affected").GetInt64().ShouldBe(2);
        responses["model.shop.orders"].TryGetProperty("rows_affected", out _).ShouldBeFalse();
        responses.Single(entry => entry.Key.StartsWith("test.", StringComparison.Ordinal)).Value.GetProperty("_message").GetString().ShouldBe("OK");
    }

    [Fact]
    public async Task A_preview_has_decimals_of_one_length_and_an_inline_one_says_so()
    {
        (await RunAsync("seed")).Exit.ShouldBe(0);
        (await RunAsync("run", "--select", "orders")).Exit.ShouldBe(0);

        var (_, text, _) = await RunAsync("show", "--inline", "select id, amount::decimal(9, 2) as amount from {{ ref('orders') }} order by id");

        text.ShouldContain("Previewing inline node:\n| id |   amount |\n| -- | -------- |\n|  1 |     1.50 |\n|  2 | 1,234.25 |");
    }

    [Theory]
    [InlineData("ls --output name", "board,orders,raw,total,unique_orders_id")]
    [InlineData("ls --resource-type analysis --output path", "analyses/look.sql")]
    [InlineData("ls --models +total --output name", "orders,total")]
    [InlineData("ls --select ord* --output name", "orders,unique_orders_id")]
    [InlineData("ls --select exposure:board config.materialized:table --output name", "board,total")]
    [InlineData("ls --select @orders --exclude resource_type:test --output name", "board,orders,raw,total")]
    [InlineData("ls --select 1+total,resource_type:model --output name", "orders,total,unique_orders_id")]
    [InlineData("ls --select test_name:unique --output name", "unique_orders_id")]
    [InlineData("ls --select file:total.sql path:models/orders.sql --output name", "orders,total,unique_orders_id")]
    public async Task A_listing_has_what_the_selection_means(string command, string names)
    {
        var (exit, text, errors) = await RunAsync(command.Split(' '));

        exit.ShouldBe(0, errors);
        var listed = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !line.Contains("[WARNING]", StringComparison.Ordinal));
        string.Join(',', listed.Order(StringComparer.Ordinal)).ShouldBe(names);
    }

    [Fact]
    public async Task A_reference_that_is_not_there_names_file_line_and_the_nearest_name()
    {
        Write("models/wrong.sql", "select 1\nfrom {{ ref('ordres') }}");

        var (exit, _, errors) = await RunAsync("parse");

        exit.ShouldBe(2);
        errors.ShouldContain("DBT2001");
        errors.ShouldContain("models/wrong.sql:2");
        errors.ShouldContain("did you mean 'orders'?");
    }

    [Fact]
    public async Task Nodes_after_a_failed_start_hook_run_unless_a_flag_says_otherwise()
    {
        (await RunAsync("seed")).Exit.ShouldBe(0);
        Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\non-run-start: select * from not_there\n");
        (await RunAsync("run")).Exit.ShouldBe(1);
        Statuses().ShouldBe("error,success,success");

        Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\non-run-start: select * from not_there\nflags: {skip_nodes_if_on_run_start_fails: true}\n");
        (await RunAsync("run")).Exit.ShouldBe(1);
        Statuses().ShouldBe("error,skipped,skipped");
    }

    [Fact]
    public async Task Retry_takes_the_last_command_and_refuses_one_that_it_cannot_repeat()
    {
        Write("models/broken.sql", "select * from not_there");
        Write("models/below.sql", "select * from {{ ref('broken') }}");
        var (exit, _, errors) = await RunAsync("retry");
        exit.ShouldBe(2);
        errors.ShouldContain("Could not find previous run in 'target' target directory");

        (await RunAsync("build")).Exit.ShouldBe(1);
        (await RunAsync("ls")).Exit.ShouldBe(0);
        (await RunAsync("parse")).Exit.ShouldBe(0);
        (await RunAsync("retry")).Exit.ShouldBe(1);
        Statuses().ShouldBe("error,skipped");

        (await RunAsync("show", "--inline", "select 1 as id")).Exit.ShouldBe(0);
        (exit, _, errors) = await RunAsync("retry");
        exit.ShouldBe(2);
        errors.ShouldContain("Cannot retry a 'show' command");
        errors.ShouldContain("DBT6005");

        Write("models/broken.sql", "select 1 as id");
        (await RunAsync("build", "--exclude", "below")).Exit.ShouldBe(0);
        var (done, text, _) = await RunAsync("retry");
        done.ShouldBe(0);
        text.ShouldContain("Nothing to do");
    }

    [Fact]
    public async Task A_seed_that_is_shown_is_loaded_and_the_query_that_is_shown_is_the_limited_one()
    {
        (await RunAsync("show", "--select", "nothing")).Exit.ShouldBe(0);
        File.ReadAllText(Path.Combine(folder, "target", "run_results.json")).ShouldContain("\"results\":[]");

        (await RunAsync("show", "--select", "raw")).Exit.ShouldBe(0);
        (await RunAsync("run", "--select", "orders")).Exit.ShouldBe(0);
        (await RunAsync("--no-use-colors", "show", "--select", "orders", "--limit", "1")).Exit.ShouldBe(0);
        var text = File.ReadAllText(Path.Combine(folder, "target", "run_results.json"));
        text.ShouldContain("limit 1");
        text.ShouldContain("\"use_colors_file\":false");

        Write("seeds/raw.csv", "id,amount\n1,1.5,7\n");
        (await RunAsync("show", "--select", "raw")).Exit.ShouldBe(2);
    }

    [Fact]
    public async Task A_Python_model_is_parsed_and_fails_alone_when_it_is_run()
    {
        Write("models/scores.py", "def model(dbt, session):\n    # dbt.ref('nothing')\n    dbt.config(materialized=\"table\", tags=['py', \"x(1)\"])\n    orders = dbt.ref(\"orders\").df()\n    return orders\n");
        Write("models/after.sql", "select * from {{ ref('scores') }}");

        (await RunAsync("ls", "--select", "+tag:py", "--output", "name")).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).ShouldBe(["orders", "raw", "scores", "unique_orders_id"]);
        var (exit, text, errors) = await RunAsync("build");

        exit.ShouldBe(1);
        (text + errors).ShouldContain("DBT2203");
        (text + errors).ShouldContain("WARN=0 ERROR=1 SKIP=1");
        (await RunAsync("build", "--exclude", "scores+")).Exit.ShouldBe(0);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string Statuses() => string.Join(',', Regex.Matches(File.ReadAllText(Path.Combine(folder, "target", "run_results.json")), "\"status\": ?\"([a-z]+)\"").Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));

    private async Task<(int Exit, string Text, string Errors)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter { NewLine = "\n" };
        await using var errors = new StringWriter { NewLine = "\n" };
        var exit = await DbtCommandLine.RunAsync(arguments, output, errors, environment: new Dictionary<string, string>(StringComparer.Ordinal) { ["DBT_PROFILES_DIR"] = folder, ["HOME"] = folder }, projectDirectory: folder);
        return (exit, output.ToString(), errors.ToString());
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
        File.WriteAllText(Path.Combine(folder, path), text);
    }
}
