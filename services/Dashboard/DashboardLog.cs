namespace FhirAspire.Dashboard;

internal static partial class DashboardLog
{
    [LoggerMessage(6001, LogLevel.Error, "The dashboard could not read the pipeline's state")]
    public static partial void CollectorFailed(ILogger logger, Exception exception);

    [LoggerMessage(6002, LogLevel.Warning, "The published marts could not be opened")]
    public static partial void MartsFailed(ILogger logger, Exception exception);

    [LoggerMessage(6003, LogLevel.Warning, "A query of the dashboard failed ({Reference})")]
    public static partial void QueryFailed(ILogger logger, Exception exception, string reference);

    [LoggerMessage(6004, LogLevel.Error, "The audit log could not be written")]
    public static partial void AuditFailed(ILogger logger, Exception exception);

    [LoggerMessage(6005, LogLevel.Warning, "A login with a wrong token was refused")]
    public static partial void LoginRefused(ILogger logger);

    [LoggerMessage(6006, LogLevel.Warning, "What is stored could not be measured, or the sample not be kept")]
    public static partial void NotSampled(ILogger logger, Exception exception);

    [LoggerMessage(6007, LogLevel.Warning, "Credits and statements of the account could not be read; they are asked for again in an hour")]
    public static partial void AccountUnread(ILogger logger, Exception exception);

    [LoggerMessage(6009, LogLevel.Warning, "A login by the OpenID Connect provider failed")]
    public static partial void ProviderRefused(ILogger logger, Exception? exception);

    [LoggerMessage(6010, LogLevel.Error, "The run history could not be reached for a request to the API")]
    public static partial void HistoryOutOfReach(ILogger logger, Exception exception);
}
