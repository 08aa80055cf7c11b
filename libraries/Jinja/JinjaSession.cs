namespace FhirAspire.Jinja;

/// <summary>One render from its start to its end, through all templates and macros that it reaches: its limits and its cancellation.</summary>
public sealed class JinjaSession
{
    private readonly long _stepLimit;
    private long _steps;

    /// <summary>Starts a session. One session may serve several renders one after the other; it is not thread-safe.</summary>
    /// <param name="environment">The environment of the templates.</param>
    /// <param name="cancellation">Stops rendering between two steps.</param>
    public JinjaSession(JinjaEnvironment environment, CancellationToken cancellation = default)
    {
        Environment = environment;
        Cancellation = cancellation;
        _stepLimit = environment.Options.StepLimit > 0 ? environment.Options.StepLimit : long.MaxValue;
        Random = new Random(environment.Options.RandomSeed);
    }

    /// <summary>The environment.</summary>
    public JinjaEnvironment Environment { get; }

    /// <summary>Stops rendering between two steps.</summary>
    public CancellationToken Cancellation { get; }

    /// <summary>The rounds of loops and calls made so far.</summary>
    public long Steps => _steps;

    /// <summary>The innermost macro that is running, if any.</summary>
    public string? CurrentMacro { get; internal set; }

    internal int Depth { get; set; }

    internal Random Random { get; }

    /// <summary>Modules that were imported without context: one a session, so that their state is shared by all imports.</summary>
    internal Dictionary<Template, JinjaModule> Modules { get; } = [];

    /// <summary>What <c>return(...)</c> was given, on its way to the macro that it ends.</summary>
    internal object? ReturnValue { get; set; }

    internal void Step()
    {
        if (++_steps > _stepLimit)
        {
            throw new JinjaException(JinjaErrorKind.Runtime, "StepLimitError", $"the template made more than {_stepLimit} rounds of loops and calls; it probably does not end (JinjaOptions.StepLimit)");
        }

        if ((_steps & 0x3f) == 0)
        {
            Cancellation.ThrowIfCancellationRequested();
        }
    }

    internal void Enter()
    {
        Step();
        if (++Depth > Environment.Options.RecursionLimit)
        {
            Depth--;
            throw Fault.Recursion();
        }
    }

    internal void Leave() => Depth--;
}
