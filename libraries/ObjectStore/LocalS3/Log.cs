using Microsoft.Extensions.Logging;

namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>The log messages of this project.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Information, "S3 server on {Endpoint}, data in {Root}, {Durability}")]
    public static partial void Started(ILogger logger, Uri endpoint, string root, LocalS3Durability durability);

    [LoggerMessage(3002, LogLevel.Error, "{Method} {Path} failed, request id {RequestId}")]
    public static partial void RequestFailed(ILogger logger, string method, string path, string requestId, Exception exception);

    [LoggerMessage(3003, LogLevel.Warning, "The callback for {Event} of {Key} failed")]
    public static partial void EventFailed(ILogger logger, string @event, string key, Exception exception);

    [LoggerMessage(3004, LogLevel.Warning, "Files left from a crash could not be removed")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(3005, LogLevel.Error, "The lifecycle rules of bucket {Bucket} could not be carried out")]
    public static partial void LifecycleFailed(ILogger logger, string bucket, Exception exception);

    [LoggerMessage(3006, LogLevel.Information, "Lifecycle of bucket {Bucket}: {Expired} removed, {Markers} delete markers made, {Transitions} moved, {Aborted} uploads aborted")]
    public static partial void LifecycleDone(ILogger logger, string bucket, int expired, int markers, int transitions, int aborted);

    [LoggerMessage(3007, LogLevel.Debug, "{Method} {Path} answered {Code}")]
    public static partial void Refused(ILogger logger, string method, string path, string code);
}
