using FhirAspire.AppHost.Tests.EndToEnd;

namespace FhirAspire.AppHost.Tests.Faults;

/// <summary>The dashboard as a process of its own.</summary>
public sealed class DashboardProcessTests
{
    [Theory]
    [InlineData("Warehouse__Kind")]
    [InlineData("Warehouse__Provider")]
    public async Task It_reads_the_warehouse_that_either_name_of_the_key_chooses(string key)
    {
        using var data = new TemporaryData();
        await using var dashboard = ServiceProcess.Start("Dashboard", new Dictionary<string, string?> { [key] = "Postgres", ["History__ConnectionString"] = Path.Combine(data.Path, "history.db") });

        // A warehouse that is not read is not checked either: here its address is missing.
        await dashboard.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        dashboard.Output.ShouldContain("Warehouse__Postgres__ConnectionString");
    }

    [Fact]
    public async Task It_reaches_the_object_store_that_is_named()
    {
        using var data = new TemporaryData();
        await using var dashboard = ServiceProcess.Start("Dashboard", new Dictionary<string, string?> { ["S3__ServiceUrl"] = "not an address", ["History__ConnectionString"] = Path.Combine(data.Path, "history.db") });

        // A store that is not read is not checked either.
        await dashboard.Process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        dashboard.Process.ExitCode.ShouldBe(2, dashboard.Output);
        dashboard.Output.ShouldContain("ServiceUrl");
    }
}
