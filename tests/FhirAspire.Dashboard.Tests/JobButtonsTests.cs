using System.Security.Claims;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Components.Parts;
using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FhirAspire.Dashboard.Tests;

public sealed class JobButtonsTests
{
    [Theory]
    [InlineData(RunStatus.Succeeded)]
    [InlineData(RunStatus.Failed)]
    [InlineData(RunStatus.Cancelled)]
    [InlineData(RunStatus.Lost)]
    public async Task The_page_of_an_ended_run_offers_a_new_one_and_no_cancel_while_another_goes_on(RunStatus status)
    {
        var html = await RenderAsync(isRunning: true, Run(status));
        html.ShouldContain("Run again: Loader");
        html.ShouldNotContain("Cancel");
    }

    [Fact]
    public async Task The_page_of_a_run_that_goes_on_offers_its_cancel()
    {
        var html = await RenderAsync(isRunning: true, Run(RunStatus.Running));
        html.ShouldContain("Cancel: Loader");
        html.ShouldNotContain("Run again");
    }

    [Theory]
    [InlineData(true, "Cancel: Loader")]
    [InlineData(false, "Run again: Loader")]
    public async Task The_buttons_of_a_job_follow_whether_it_runs(bool isRunning, string button) => (await RenderAsync(isRunning, null)).ShouldContain(button);

    private static JobRun Run(RunStatus status) => new() { Id = 7, Job = JobNames.Loader, Status = status, Owner = "test" };

    private static async Task<string> RenderAsync(bool isRunning, JobRun? run)
    {
        // Nothing is clicked, so the commands need nothing.
        var services = new ServiceCollection().AddSingleton(new JobControl(null!, null!, null!, null!, null!, TimeProvider.System)).BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<JobButtons>(ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            ["Job"] = new JobView { Name = JobNames.Loader, IsKnown = true, IsRunning = isRunning, Strip = [] },
            ["User"] = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Role, Roles.Operator)], "test")),
            ["RunLabel"] = "Run again",
            ["Run"] = run,
        }))).ToHtmlString());
    }
}
