using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Runs;

/// <summary>
/// What a run logs, from any code that it calls: one line a message, in the order of time. Of a long log the beginning and the end are kept,
/// for a cause stands at the end and its circumstances at the beginning.
/// </summary>
internal sealed class RunLog(TimeProvider time) : IDisposable
{
    /// <summary>Lines kept of the beginning, and again of the end.</summary>
    public const int HalfLines = 200;

    /// <summary>Characters kept of a message with its exception.</summary>
    public const int MaxLength = 2000;

    private static readonly AsyncLocal<RunLog?> Running = new();

    private readonly List<string> first = [];
    private readonly Queue<string> last = new();
    private int leftOut;
    private bool isClosed;

    /// <summary>The log of the run that this code is part of; null outside of runs.</summary>
    public static RunLog? Current => Running.Value;

    /// <summary>Begins to collect what this flow of execution logs, until the log is disposed.</summary>
    public static RunLog Begin(TimeProvider time) => Running.Value = new RunLog(time);

    public void Add(LogLevel level, string message, Exception? exception)
    {
        var line = string.Create(CultureInfo.InvariantCulture, $"{time.GetUtcNow():HH:mm:ss.fff} {Short(level)} {message}{(exception is null ? "" : Environment.NewLine)}{exception}");
        if (line.Length > MaxLength)
        {
            line = string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[MaxLength - 1]) ? MaxLength - 1 : MaxLength), " …");
        }

        lock (first)
        {
            if (isClosed)
            {
                return;
            }

            if (first.Count < HalfLines)
            {
                first.Add(line);
                return;
            }

            last.Enqueue(line);
            if (last.Count > HalfLines)
            {
                last.Dequeue();
                leftOut++;
            }
        }
    }

    /// <summary>The lines so far; null where nothing was logged.</summary>
    public string? Text()
    {
        lock (first)
        {
            if (first.Count == 0)
            {
                return null;
            }

            var text = new StringBuilder().AppendJoin('\n', first);
            if (leftOut > 0)
            {
                text.Append(CultureInfo.InvariantCulture, $"\n… {leftOut} lines left out …");
            }

            return last.Count == 0 ? text.ToString() : text.Append('\n').AppendJoin('\n', last).ToString();
        }
    }

    /// <summary>What is logged from now on, by work that outlives the run, is no longer the run's.</summary>
    public void Dispose()
    {
        lock (first)
        {
            isClosed = true;
        }
    }

    private static string Short(LogLevel level) => level switch
    {
        LogLevel.Trace => "trce",
        LogLevel.Debug => "dbug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "fail",
        _ => "crit",
    };
}

/// <summary>Hands what is logged during a run to the run's log; the host's log levels apply.</summary>
[ProviderAlias("RunHistory")]
internal sealed class RunLogProvider : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new RunLogger();

    public void Dispose()
    {
    }

    private sealed class RunLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && RunLog.Current is not null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            RunLog.Current?.Add(logLevel, formatter(state, exception), exception);
    }
}

/// <summary>The row of a run's log, apart from the run: lists of runs need not read it.</summary>
internal sealed class RunLogRow
{
    public long RunId { get; set; }

    public required string Text { get; set; }
}
