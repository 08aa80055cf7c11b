using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Run;

/// <summary>When a node began, was compiled, ended; and its result with these times.</summary>
internal sealed class NodeClock
{
    private readonly TimeProvider time;
    private readonly Secrets secrets;
    private readonly string thread;
    private readonly long started;
    private readonly DateTimeOffset startedAt;
    private DateTimeOffset? compiledAt;

    public NodeClock(DbtSession session, string thread)
    {
        time = session.Invocation.TimeProvider;
        secrets = session.Log.Secrets;
        this.thread = thread;
        started = time.GetTimestamp();
        startedAt = time.GetUtcNow();
    }

    public void Compiled() => compiledAt ??= time.GetUtcNow();

    public DbtNodeResult Failed(DbtNode node, DbtException exception)
    {
        var error = exception.Subject is null ? exception.With(subject: node.Subject, file: node.OriginalFilePath) : exception;
        return Result(node, DbtStatus.Error, error.ToDbtText(), error: error);
    }

    public DbtNodeResult Result(DbtNode node, DbtStatus status, string? message, long? failures = null, AdapterResponse? response = null, DbtException? error = null, DbtMap? batches = null)
    {
        var now = time.GetUtcNow();
        return new DbtNodeResult
        {
            UniqueId = node.UniqueId,
            Name = node.Name,
            ResourceType = node.ResourceType,
            Status = status,
            Message = secrets.Hide(message),
            MessageKind = error?.KindName,
            Failures = failures,
            RowsAffected = response?.Rows,
            Seconds = time.GetElapsedTime(started).TotalSeconds,
            StartedAt = startedAt,
            CompiledAt = compiledAt ?? now,
            FinishedAt = now,
            RelationName = node.RelationName,
            CompiledSql = node.CompiledCode,
            Error = error is null ? null : secrets.Hide(error),
            Thread = thread,
            AdapterResponse = response?.ToMap() ?? [],
            BatchResults = batches,
        };
    }
}
