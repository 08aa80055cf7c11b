namespace FhirAspire.Dbt;

/// <summary>How important a line is.</summary>
public enum DbtLogLevel
{
    /// <summary>For looking into the engine.</summary>
    Debug,

    /// <summary>What happens.</summary>
    Info,

    /// <summary>A line that a macro logs with <c>info=true</c>.</summary>
    User,

    /// <summary>A line that a macro prints, or that is the command's result.</summary>
    Print,

    /// <summary>A warning.</summary>
    Warn,

    /// <summary>An error.</summary>
    Error,
}

/// <summary>Hears what a run does: the run store, the console, the dashboard. Calls may come from several threads.</summary>
public interface IDbtObserver
{
    /// <summary>A node begins.</summary>
    void OnNodeStarted(DbtNodeStarted node)
    {
    }

    /// <summary>A node has ended, or was skipped.</summary>
    void OnNodeFinished(DbtNodeResult node)
    {
    }

    /// <summary>The run has ended.</summary>
    void OnRunFinished(DbtResult result)
    {
    }

    /// <summary>A line for people.</summary>
    void OnLog(DbtLogLevel level, string message)
    {
    }
}
