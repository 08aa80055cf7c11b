using FhirAspire.Dashboard.Formatting;
using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace FhirAspire.Dashboard.Tests;

public sealed class ReaderClockTests
{
    private static readonly DateTime Now = new(2026, 3, 2, 20, 41, 7, DateTimeKind.Utc);

    [Theory]
    [InlineData("Asia/Tokyo", "05:41:07", "UTC+9")]
    [InlineData("Asia/Kolkata", "02:11:07", "UTC+5:30")]
    [InlineData("America/New_York", "15:41:07", "UTC−5")]
    [InlineData("UTC", "20:41:07", "UTC")]
    [InlineData("No/Where", "20:41:07", "UTC")]
    [InlineData("../../etc/passwd", "20:41:07", "UTC")]
    [InlineData(null, "20:41:07", "UTC")]
    public void Times_are_written_in_the_readers_zone_where_it_is_known(string? zone, string expected, string offset)
    {
        var clock = new ReaderClock(new FixedClock(Now));
        clock.Use(zone);
        Format.Time(Now, clock).ShouldBe(expected);
        clock.Offset.ShouldBe(offset);
    }

    [Fact]
    public async Task A_page_is_drawn_at_once_in_the_zone_that_the_browser_tells()
    {
        await using var host = await DashboardHost.StartAsync();
        var store = host.Services.GetRequiredService<IRunStore>();
        await store.PrepareAsync();
        var id = await store.StartAsync(new JobRun { Job = JobNames.Loader, Status = RunStatus.Running, Owner = "test", QueuedAt = Now, StartedAt = Now });
        using var client = host.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"runs/{id}");
        request.Headers.Add("Cookie", "zone=Asia/Tokyo");
        var page = await (await client.SendAsync(request)).Content.ReadAsStringAsync();
        page.ShouldContain("2026-03-03 05:41");
        page.ShouldContain("2026-03-02 20:41:07 UTC");
    }
}
