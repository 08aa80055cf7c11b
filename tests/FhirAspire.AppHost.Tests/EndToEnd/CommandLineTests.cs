using FhirAspire.AppHost.Tests.Faults;

namespace FhirAspire.AppHost.Tests.EndToEnd;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("once --patients 0", "--patients takes a number from 1.")]
    [InlineData("once --patients many", "--patients takes a number from 1.")]
    [InlineData("onse", "onse")]
    [InlineData("s3 --port 70000", "--port takes a number from 0 to 65535.")]
    [InlineData("s3 --port many", "--port takes a number from 0 to 65535.")]
    [InlineData("cost --patients many", "--patients takes a number from 1.")]
    [InlineData("once --source /no/such/folder", "/no/such/folder")]
    [InlineData("once --set nonsense", "--set takes KEY=VALUE, not 'nonsense'.")]
    public async Task Wrong_use_ends_with_2_and_says_what_is_wrong(string arguments, string message)
    {
        var (exitCode, output) = await HostProcess.RunAsync(arguments.Split(' '));
        exitCode.ShouldBe(2, output);
        output.ShouldContain(message);
    }

    [Fact]
    public async Task All_faults_of_the_configuration_are_told_at_once()
    {
        using var data = new TemporaryData();
        var (exitCode, output) = await HostProcess.RunAsync(
            ["once", "--data", data.Path, "--set", "Loader:Parallelism=0", "--set", "Uploader:Parallelism=999", "--set", "Jobs:loader:Every=00:00:07", "--set", "Generator:Replay:Source=/no/such/folder"]);
        exitCode.ShouldBe(2, output);
        output.ShouldContain("The configuration has 4 faults:");
        output.ShouldContain("Parallelism");
        output.ShouldContain("/no/such/folder");
        output.ShouldContain("00:00:07");
    }

    [Fact]
    public async Task A_key_that_is_set_twice_has_its_last_value()
    {
        using var data = new TemporaryData();
        var (exitCode, output) = await HostProcess.RunAsync(["once", "--data", data.Path, "--set", "Loader:Parallelism=4", "--set", "loader:parallelism=0", "--set", "LocalS3:Port=0"]);
        exitCode.ShouldBe(2, output);
        output.ShouldContain("Loader:Parallelism is '0'; it must be between 1 and 64.");
    }

    [Theory]
    [InlineData("once")]
    [InlineData("doctor")]
    [InlineData("")]
    public async Task Values_that_cannot_be_read_are_told_with_the_other_faults_and_without_a_stack_trace(string command)
    {
        using var data = new TemporaryData();
        string[] wrong =
        [
            "Loader:BatchBytes=abc", "Loader:MaxDocumentBytes=", "Loader:Parallelism=0", "Warehouse:Kind=Oracle", "Jobs:loader:Timeout=soon", "Jobs:loader:Every=00:00:07", "Uploader:Parallelism=0",
        ];
        var (exitCode, output) = await HostProcess.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--data", data.Path, .. wrong.SelectMany(value => new[] { "--set", value })]);
        exitCode.ShouldBe(2, output);
        output.ShouldContain("The configuration has 7 faults:");
        output.ShouldContain("Loader:BatchBytes is 'abc': expected a whole number.");
        output.ShouldContain("Warehouse:Kind is 'Oracle': expected one of DuckDb, Postgres, Snowflake.");
        output.ShouldContain("Jobs:loader:Timeout is 'soon': expected a time, such as 00:01:30");
        output.ShouldContain("Loader:MaxDocumentBytes is '': expected a whole number.");
        output.ShouldContain("Jobs:loader:Every is 00:00:07; expected whole seconds");
        output.ShouldContain("Loader:Parallelism is '0'; it must be between 1 and 64.");
        output.ShouldContain("Uploader:Parallelism is '0'; it must be between 1 and 64.");
        output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_service_tells_the_faults_of_its_configuration_and_ends()
    {
        await using var loader = ServiceProcess.Start("Loader", new Dictionary<string, string?> { ["Loader__BatchBytes"] = "abc", ["Loader__Parallelism"] = "0", ["History__Provider"] = "Oracle" });
        await loader.Process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token);
        loader.Process.ExitCode.ShouldBe(2, loader.Output);
        loader.Output.ShouldContain("Loader:BatchBytes is 'abc': expected a whole number.");
        loader.Output.ShouldContain("Loader:Parallelism is '0'; it must be between 1 and 64.");
        loader.Output.ShouldContain("History:Provider is 'Oracle': expected one of ");
        loader.Output.ShouldNotContain("   at ");
    }

    [Theory]
    [InlineData("")]
    [InlineData("once")]
    [InlineData("generate")]
    [InlineData("modules check")]
    [InlineData("cost")]
    [InlineData("errors list")]
    [InlineData("errors retry")]
    [InlineData("s3")]
    [InlineData("backup")]
    [InlineData("restore")]
    [InlineData("rebuild")]
    [InlineData("doctor")]
    [InlineData("reset")]
    public async Task Every_command_has_help_with_examples(string command)
    {
        var (exitCode, output) = await HostProcess.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        exitCode.ShouldBe(0, output);
        output.ShouldContain("Examples:");
        output.ShouldContain("dotnet run --project FhirAspire.AppHost");
    }

    [Fact]
    public async Task Doctor_finds_a_new_data_directory_in_order()
    {
        using var data = new TemporaryData();
        var (exitCode, output) = await HostProcess.RunAsync(["doctor", "--data", data.Path]);
        exitCode.ShouldBe(0, output);
        output.ShouldNotContain("FAIL");
    }

    [Fact]
    public async Task Reset_removes_the_data_and_nothing_else()
    {
        using var data = new TemporaryData();
        await File.WriteAllTextAsync(Path.Combine(data.Path, "mine.txt"), "stays");
        (await HostProcess.RunAsync(["doctor", "--data", data.Path])).ExitCode.ShouldBe(0);
        File.Exists(Path.Combine(data.Path, "warehouse.duckdb")).ShouldBeTrue();

        (await HostProcess.RunAsync(["reset", "--data", data.Path])).ExitCode.ShouldBe(2);
        (await HostProcess.RunAsync(["reset", "--data", data.Path, "--yes"])).ExitCode.ShouldBe(0);

        Directory.EnumerateFileSystemEntries(data.Path).Select(Path.GetFileName).ShouldBe(["mine.txt"]);
    }
}
