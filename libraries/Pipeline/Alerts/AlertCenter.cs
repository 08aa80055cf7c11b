using System.Collections.Concurrent;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Alerts;

/// <summary>
/// Decides whom to tell what. The first failure of a key is told, the same failure again only after a time, another failure and the recovery at once. What a
/// channel has not taken is kept in the history and sent again, also by the next process. Nothing here ever fails a job, or makes it wait for a channel.
/// </summary>
public sealed class AlertCenter(
    OperationsStore store, IEnumerable<IAlertChannel> channels, AlertOptions options, TimeProvider time, ILogger<AlertCenter> logger) : IAsyncDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    private readonly IAlertChannel[] channels = [.. channels];
    private readonly SemaphoreSlim deciding = new(1, 1);
    private readonly ConcurrentDictionary<string, Task> sending = new(StringComparer.Ordinal);

    /// <summary>Looks at a run that has ended: a failure is told, a success ends the alert of its job.</summary>
    public Task ObserveAsync(JobRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run.Status switch
        {
            RunStatus.Failed => RaiseAsync(new AlertNotice
            {
                Key = $"job:{run.Job}", Kind = AlertKind.Failed, Title = $"{run.Job} failed for good", Error = run.Error ?? "", Code = run.ErrorCode,
                Attempts = run.Attempts, Since = run.StartedAt, RunId = run.Id,
            }),
            RunStatus.Succeeded => RecoverAsync($"job:{run.Job}", $"{run.Job} works again", run.Id),
            _ => Task.CompletedTask,
        };
    }

    /// <summary>Tells of a failure, unless the same was told.</summary>
    public Task RaiseAsync(AlertNotice notice) => DecideAsync(async () =>
    {
        var now = time.GetUtcNow().UtcDateTime;
        var open = await store.OpenAlertAsync(notice.Key).ConfigureAwait(false);
        if (open is null)
        {
            await TellAsync(new AlertRow { Key = notice.Key, Title = notice.Title, Kind = AlertKind.Failed, Since = notice.Since }, notice, now).ConfigureAwait(false);
        }
        else if (open.Code != notice.Code || now - open.ToldAt >= options.RepeatAfter)
        {
            open.Kind = AlertKind.StillFailing;
            await TellAsync(open, notice, now).ConfigureAwait(false);
        }
        else
        {
            Take(open, notice);
            await store.SaveAlertAsync(open).ConfigureAwait(false);
        }
    }, notice);

    /// <summary>Tells that something works again, if people were told that it does not.</summary>
    /// <param name="key">What it is about.</param>
    /// <param name="title">One line.</param>
    /// <param name="runId">The run that shows it.</param>
    public Task RecoverAsync(string key, string title, long? runId = null) => DecideAsync(async () =>
    {
        if (await store.OpenAlertAsync(key).ConfigureAwait(false) is not { } open)
        {
            return;
        }

        open.RecoveredAt = time.GetUtcNow().UtcDateTime;
        (open.Kind, open.Title, open.RunId) = (AlertKind.Recovered, title, runId ?? open.RunId);
        await SendAsync(open).ConfigureAwait(false);
    }, null);

    /// <summary>Sends again what channels have not taken; the scheduler calls it every minute.</summary>
    public Task SendPendingAsync() => DecideAsync(async () =>
    {
        foreach (var alert in await store.PendingAlertsAsync().ConfigureAwait(false))
        {
            Start(alert);
        }
    }, null);

    /// <summary>Completes when nothing is being sent.</summary>
    public Task IdleAsync() => Task.WhenAll(sending.Values);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await IdleAsync().WaitAsync(LastWords).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        deciding.Dispose();
    }

    private Task TellAsync(AlertRow alert, AlertNotice notice, DateTime now)
    {
        Take(alert, notice);
        alert.ToldAt = now;
        return SendAsync(alert);
    }

    private static void Take(AlertRow alert, AlertNotice notice)
    {
        (alert.Title, alert.Error, alert.Code, alert.Attempts, alert.RunId) = (notice.Title, notice.Error, notice.Code, notice.Attempts, notice.RunId);
        alert.Failures++;
    }

    private async Task SendAsync(AlertRow alert)
    {
        alert.Pending = string.Join(',', channels.Select(channel => channel.Name));
        await store.SaveAlertAsync(alert).ConfigureAwait(false);
        Start(alert);
    }

    private void Start(AlertRow alert)
    {
        foreach (var channel in channels.Where(channel => alert.Pending.Split(',').Contains(channel.Name, StringComparer.Ordinal)))
        {
            // One notice at a time to a channel about a key: what is new waits for the next turn.
            var slot = $"{alert.Id}/{channel.Name}";
            var task = new Task<Task>(() => SendAsync(channel, alert, slot));
            if (sending.TryAdd(slot, task.Unwrap()))
            {
                task.Start(TaskScheduler.Default);
            }
        }
    }

    private async Task SendAsync(IAlertChannel channel, AlertRow alert, string slot)
    {
        try
        {
            if (await TrySendAsync(channel, Notice(alert)).ConfigureAwait(false))
            {
                await store.DeliveredAsync(alert.Id, alert.Kind, channel.Name).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            JobLog.AlertFailed(logger, exception, channel.Name);
        }
        finally
        {
            sending.TryRemove(slot, out _);
        }
    }

    private async Task<bool> TrySendAsync(IAlertChannel channel, AlertNotice notice)
    {
        using var timeout = new CancellationTokenSource(options.Timeout);
        var outcome = "failed";
        try
        {
            await channel.SendAsync(notice, timeout.Token).ConfigureAwait(false);
            outcome = "sent";
            return true;
        }
        catch (Exception exception)
        {
            JobLog.AlertFailed(logger, exception, channel.Name);
            return false;
        }
        finally
        {
            PipelineMetrics.Alerts.Add(1, new("channel", channel.Name), new("outcome", outcome));
        }
    }

    private AlertNotice Notice(AlertRow alert) => new()
    {
        Key = alert.Key, Kind = alert.Kind, Title = alert.Title, Error = alert.Error, Code = alert.Code, Attempts = alert.Attempts, Since = alert.Since,
        Failures = alert.Failures, RunId = alert.RunId,
        Link = options.DashboardUrl is { } root ? new Uri(root, alert.RunId is { } run ? $"runs/{run}" : "") : null,
    };

    private async Task DecideAsync(Func<Task> decide, AlertNotice? notice)
    {
        await deciding.WaitAsync().ConfigureAwait(false);
        try
        {
            await decide().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            JobLog.AlertsNotKept(logger, exception);
            // Without the store nobody knows what was told; a failure is told rather twice than never.
            if (notice is not null)
            {
                foreach (var channel in channels)
                {
                    _ = TrySendAsync(channel, notice);
                }
            }
        }
        finally
        {
            deciding.Release();
        }
    }
}
