using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Tests.Jobs;
using Microsoft.Extensions.Options;

namespace FhirAspire.Pipeline.Tests.Alerts;

public sealed class AlertTests : IAsyncLifetime
{
    private readonly JobFixture fixture = new();

    public Task InitializeAsync() => fixture.Store.PrepareAsync();

    public Task DisposeAsync()
    {
        fixture.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_same_failure_is_told_once_another_at_once_and_the_recovery_once()
    {
        await FailAsync("E1");
        await FailAsync("E1");
        await FailAsync("E2");
        await SucceedAsync();
        await SucceedAsync();

        fixture.Alerts.Select(notice => $"{notice.Kind} {notice.Code} {notice.Failures}").ShouldBe(["Failed E1 1", "StillFailing E2 3", "Recovered E2 3"]);
        fixture.Alerts[^1].Title.ShouldBe("loader works again");
        (await fixture.Operations.AlertsAsync(10, openOnly: true)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failure_that_lasts_is_told_again_after_a_day()
    {
        await FailAsync("E1");
        fixture.Time.Advance(TimeSpan.FromHours(23));
        await FailAsync("E1");
        fixture.Alerts.Count.ShouldBe(1);
        fixture.Time.Advance(TimeSpan.FromHours(1));
        await FailAsync("E1");
        fixture.Alerts.Count.ShouldBe(2);
        fixture.Alerts[1].Since.ShouldBe(fixture.Alerts[0].Since);
    }

    [Fact]
    public async Task What_a_channel_did_not_take_is_sent_again_also_by_the_next_process_and_other_channels_are_not_told_twice()
    {
        var broken = new SwitchedChannel("broken") { IsDown = true };
        var sound = new SwitchedChannel("sound");
        await using (var center = fixture.NewCenter([broken, sound]))
        {
            await center.ObserveAsync(Run(RunStatus.Failed, "E1"));
            await center.IdleAsync();
        }

        await using var next = fixture.NewCenter([broken, sound]);
        await next.SendPendingAsync();
        await next.IdleAsync();
        broken.IsDown = false;
        await next.SendPendingAsync();
        await next.IdleAsync();
        await next.SendPendingAsync();
        await next.IdleAsync();

        sound.Notices.Count.ShouldBe(1);
        broken.Notices.Single().Title.ShouldBe("loader failed for good");
    }

    [Fact]
    public async Task A_channel_that_hangs_or_throws_neither_delays_nor_fails_a_job()
    {
        var hanging = new HangingChannel();
        await using var center = fixture.NewCenter([hanging, new SwitchedChannel("broken") { IsDown = true }], new AlertOptions { Timeout = TimeSpan.FromSeconds(1) });
        var runner = new JobRunner(
            new TestJob("loader", (_, _) => throw new InvalidOperationException("no")), new JobOptions(), fixture.Store, new TransientFaults([]), center, fixture.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<JobRunner>.Instance, "test:1", new Random(1));

        var run = await runner.TriggerAsync(RunTrigger.Schedule, default).WaitAsync(TimeSpan.FromSeconds(60));

        run!.Status.ShouldBe(RunStatus.Failed);
        await hanging.Reached.WaitAsync(TimeSpan.FromSeconds(60));
        await center.IdleAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task When_the_history_fails_people_are_told_nevertheless()
    {
        var told = new SwitchedChannel("log");
        await using var center = new AlertCenter(
            new Pipeline.Operations.OperationsStore(new RunStoreOptions { ConnectionString = "/no/such/folder/history.db" }), [told], new AlertOptions(), fixture.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<AlertCenter>.Instance);
        await center.ObserveAsync(Run(RunStatus.Failed, "E1"));
        told.Notices.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(EmailSecurity.StartTls)]
    [InlineData(EmailSecurity.Tls)]
    public async Task Mail_goes_over_TLS_with_a_login_and_says_what_why_since_when_and_where(EmailSecurity security)
    {
        await using var server = new SmtpServer(security == EmailSecurity.Tls);
        await Mail(server, security).SendAsync(Notice("loader failed for good\r\nBcc: other@example.org"), default);

        var message = server.Messages.Single();
        message.ShouldContain("From: pipeline@example.org");
        message.ShouldContain("To: team@example.org, duty@example.org");
        message.ShouldNotContain("\nBcc:");
        message.ShouldContain("Error: S3 does not answer [S3C001]");
        message.ShouldContain("Attempts: 3");
        message.ShouldContain("Fails since: 2026-01-01 00:00:00 UTC");
        message.ShouldContain("https://pipeline.example.org/runs/7");
        server.Commands.ShouldContain("login /alarm/right");
        // Nothing but the greeting went in the clear.
        server.Commands.TakeWhile(line => line != "STARTTLS").Count().ShouldBe(security == EmailSecurity.Tls ? server.Commands.Count : 1);
    }

    [Fact]
    public async Task Mail_is_not_sent_to_a_server_whose_certificate_is_not_trusted()
    {
        await using var server = new SmtpServer();
        var channel = Mail(server, EmailSecurity.StartTls, trust: false);
        await Should.ThrowAsync<MailKit.Security.SslHandshakeException>(() => channel.SendAsync(Notice("x"), default));
        server.Messages.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mail_server_that_refuses_is_tried_again_until_it_takes_the_mail()
    {
        await using var server = new SmtpServer { Refusal = "451 try later" };
        await using var center = fixture.NewCenter([Mail(server, EmailSecurity.StartTls)]);
        await center.ObserveAsync(Run(RunStatus.Failed, "E1"));
        await center.IdleAsync();
        server.Messages.ShouldBeEmpty();

        server.Refusal = null;
        await center.SendPendingAsync();
        await center.IdleAsync();
        server.Messages.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Slack_gets_one_post_of_JSON_with_its_signs_escaped()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = AnswerAsync(listener, "200 OK");
        using var channel = new SlackAlertChannel(Options.Create(new AlertOptions { Slack = { WebhookUrl = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/services/T0/B0/secret") } }));
        await channel.SendAsync(Notice("loader <failed> & so on"), default);

        var request = await server;
        request.ShouldStartWith("POST /services/T0/B0/secret");
        request.ShouldNotContain("traceparent");
        var text = JsonDocument.Parse(request[(request.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]).RootElement.GetProperty("text").GetString()!;
        text.ShouldContain("loader &lt;failed&gt; &amp; so on");
        text.ShouldContain("https://pipeline.example.org/runs/7");
    }

    [Fact]
    public async Task Slack_that_refuses_is_an_error_that_does_not_tell_the_address()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = AnswerAsync(listener, "404 Not Found");
        using var channel = new SlackAlertChannel(Options.Create(new AlertOptions { Slack = { WebhookUrl = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/services/secret") } }));
        var error = await Should.ThrowAsync<PipelineException>(() => channel.SendAsync(Notice("x"), default));
        await server;
        error.Code.ShouldBe("PL2001");
        error.ToString().ShouldNotContain("services/secret");
    }

    [Fact]
    public void Wrong_options_are_named_each_with_what_is_expected()
    {
        var options = new AlertOptions { Email = { Host = "mail.example.org", Security = EmailSecurity.None, From = "nobody" }, Slack = { WebhookUrl = new Uri("http://hooks.example.org/x") }, DashboardUrl = new Uri("/x", UriKind.Relative) };
        var faults = options.Validate(new ValidationContext(options)).Select(fault => fault.ErrorMessage!).ToList();
        faults.Count.ShouldBe(5);
        faults.ShouldContain(fault => fault.Contains("StartTls"));
        faults.ShouldContain(fault => fault.Contains("To is empty"));
        faults.ShouldAllBe(fault => fault.Contains("expected"));
    }

    private static AlertNotice Notice(string title) => new()
    {
        Key = "job:loader", Kind = AlertKind.Failed, Title = title, Error = "S3 does not answer", Code = "S3C001", Attempts = 3,
        Since = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc), RunId = 7, Link = new Uri("https://pipeline.example.org/runs/7"),
    };

    private static EmailAlertChannel Mail(SmtpServer server, EmailSecurity security, bool trust = true)
    {
        var options = new AlertOptions { Email = { Host = "localhost", Port = server.Port, Security = security, CaFile = trust ? server.CaFile : null, User = "alarm", Password = "right", From = "pipeline@example.org" } };
        options.Email.To.Add("team@example.org");
        options.Email.To.Add("duty@example.org");
        return new EmailAlertChannel(Options.Create(options));
    }

    private static async Task<string> AnswerAsync(TcpListener listener, string status)
    {
        using var client = await listener.AcceptTcpClientAsync();
        var stream = client.GetStream();
        var buffer = new byte[16384];
        var text = "";
        while (!text.Contains("}", StringComparison.Ordinal))
        {
            text += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        // Chunked or not, the document is what stands in braces.
        var head = text[..text.IndexOf("\r\n\r\n", StringComparison.Ordinal)];
        return $"{head}\r\n\r\n{text[text.IndexOf('{', StringComparison.Ordinal)..(text.LastIndexOf('}') + 1)]}";
    }

    private static JobRun Run(RunStatus status, string? code = null) => new()
    {
        Id = 1, Job = "loader", Owner = "test", Status = status, Error = code is null ? null : "it failed", ErrorCode = code, Attempts = 3, StartedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
    };

    private async Task FailAsync(string code)
    {
        await fixture.Center.ObserveAsync(Run(RunStatus.Failed, code));
        await fixture.Center.IdleAsync();
    }

    private async Task SucceedAsync()
    {
        await fixture.Center.ObserveAsync(Run(RunStatus.Succeeded));
        await fixture.Center.IdleAsync();
    }

    private sealed class SwitchedChannel(string name) : IAlertChannel
    {
        public string Name => name;

        public bool IsDown { get; set; }

        public List<AlertNotice> Notices { get; } = [];

        public Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
        {
            if (IsDown)
            {
                throw new IOException("down");
            }

            Notices.Add(notice);
            return Task.CompletedTask;
        }
    }

    private sealed class HangingChannel : IAlertChannel
    {
        public string Name => "hanging";

        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when a notice has been handed over.</summary>
        public Task Reached => _reached.Task;

        public Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
        {
            _reached.TrySetResult();
            return Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }
}
