using System.Security.Claims;
using System.Text.Json;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Access;

/// <summary>Who did what: a file of one JSON document a line, only ever appended to.</summary>
public sealed class AuditLog(IOptions<DashboardOptions> options, IOptions<RunStoreOptions> history, TimeProvider time, ILogger<AuditLog> logger)
{
    private readonly SemaphoreSlim gate = new(1, 1);

    private string? FilePath => options.Value.AuditFile ?? (history.Value is { Provider: RunStoreProvider.Sqlite, ConnectionString: { Length: > 0 } db }
        ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(db))!, "audit.jsonl")
        : null);

    /// <summary>Appends an entry. A log that cannot be written is told in the host's log and stops no command.</summary>
    public async Task WriteAsync(ClaimsPrincipal user, string action, string target, string result)
    {
        if (FilePath is not { } path)
        {
            return;
        }

        var line = JsonSerializer.Serialize(new AuditEntry(time.GetUtcNow().UtcDateTime, Roles.NameOf(user), action, target, result), JsonSerializerOptions.Web) + "\n";
        await gate.WaitAsync();
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.AppendAllTextAsync(path, line);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            DashboardLog.AuditFailed(logger, exception);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The newest entries, newest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> ReadAsync(int limit, CancellationToken cancellationToken = default)
    {
        if (FilePath is not { } path || !File.Exists(path))
        {
            return [];
        }

        var newest = new Queue<string>();
        await foreach (var line in File.ReadLinesAsync(path, cancellationToken))
        {
            newest.Enqueue(line);
            if (newest.Count > limit)
            {
                newest.Dequeue();
            }
        }

        return [.. newest.Reverse().Select(Parse).OfType<AuditEntry>()];
    }

    private static AuditEntry? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditEntry>(line, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>An entry of the audit log.</summary>
public sealed record AuditEntry(DateTime At, string Who, string Action, string Target, string Result);
