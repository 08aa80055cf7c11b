using FhirAspire.Simulation.Costs;
using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Lifecycle;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Providers;
using FhirAspire.Simulation.Random;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Risk;

namespace FhirAspire.Simulation.Engine;

/// <summary>
/// One life while it is simulated: its state, and what states and conditions of modules may do with it.
/// The loop is in <see cref="LifeLoop"/>. A life object is used again for the next one.
/// </summary>
internal sealed partial class Life
{
    /// <summary>Passes of states without time passing, and in one week, after which a module is stopped.</summary>
    private const int PassLimit = 100_000;

    private const int DepthLimit = 64;

    private readonly Stack<Frame> spareFrames = new();
    private readonly Provider?[] providers = new Provider?[Enum.GetValues<EncounterClass>().Length];
    private readonly Dictionary<int, ProviderUse> uses = [];
    private int ageDay = int.MinValue;
    private int ageMonths;
    private int yearDay = int.MinValue;
    private int year;
    private Run? lockOwner;
    private bool schedulerHoldsLock;
    private int passes;

    public Life(SimulationWorld world)
    {
        World = world;
        Random = new SimRandom(0);
        Attributes = new AttributeValue[world.Modules.Attributes.Count];
        Present = new PresentTable(world.Modules.Codes.Count);
        Symptoms = new SymptomTable(world.Modules.Symptoms.Count);
        Vitals = new Vitals(this);
        Body = new Body(this);
        Risks = new HeartRisks(this);
        Writer = new RecordWriter(this);
        Coverage = new Coverage(this);
    }

    public SimulationWorld World { get; }

    public ModuleSet Modules => World.Modules;

    public KnownCodes Known => World.Known;

    public PriceList Prices => World.Prices;

    public PatientKey Key { get; private set; }

    public SimRandom Random { get; }

    public AttributeValue[] Attributes { get; }

    public PresentTable Present { get; }

    public SymptomTable Symptoms { get; }

    public Vitals Vitals { get; }

    public Body Body { get; }

    public HeartRisks Risks { get; }

    public RecordWriter Writer { get; private set; }

    public Coverage Coverage { get; private set; }

    public Person Person { get; private set; } = new();

    public HealthRecord Record { get; private set; } = new();

    public string Gender => Person.Gender;

    public string Race => Person.Race;

    public string SocioeconomicCategory => Person.SocioeconomicCategory;

    /// <summary>Time of the step that runs.</summary>
    public long StepTime { get; set; }

    /// <summary>The encounter that the scheduler has opened in this step.</summary>
    public Encounter? ScheduledEncounter { get; set; }

    /// <summary>Uses of providers.</summary>
    public IReadOnlyCollection<ProviderUse> Uses => uses.Values;

    /// <summary>Begins the life of a person.</summary>
    public void Start(PatientKey key, Person person)
    {
        Key = key;
        Person = person;
        Record = new HealthRecord();
        Writer = new RecordWriter(this);
        Coverage = new Coverage(this);
        Random.Reset(key.RandomKey);
        Array.Clear(Attributes);
        Present.Clear();
        Symptoms.Clear();
        Array.Clear(providers);
        uses.Clear();
        ageDay = int.MinValue;
        lockOwner = null;
        schedulerHoldsLock = false;
        ScheduledEncounter = null;
        Running = null;
        StepTime = person.Birth;
        Vitals.Reset(SplitMix.Derive(key.RandomKey, 77));
        Risks.Reset();
    }

    public void Set(int slot, AttributeValue value) => Attributes[slot] = value;

    /// <summary>An attribute, computed now if it is one of the risks.</summary>
    public AttributeValue ReadAttribute(int slot)
    {
        if (Risks.IsStale && Risks.Owns(slot))
        {
            Risks.Compute();
        }

        return Attributes[slot];
    }

    public bool IsAlive(long time) => Person.Death == SimTime.None || time < Person.Death;

    /// <summary>An earlier time of death replaces a later one; a later one is ignored.</summary>
    public void SetDeath(long time, Code? cause)
    {
        if (Person.Death == SimTime.None || time < Person.Death)
        {
            Person.Death = time;
            Person.CauseOfDeath = cause;
        }
    }

    public int AgeInMonths(long time)
    {
        var day = SimTime.DayNumber(time);
        if (day != ageDay)
        {
            ageDay = day;
            ageMonths = SimTime.MonthsBetween(Person.Birth, time);
        }

        return ageMonths;
    }

    public int AgeInYears(long time) => AgeInMonths(time) / 12;

    public int YearOf(long time)
    {
        var day = SimTime.DayNumber(time);
        if (day != yearDay)
        {
            yearDay = day;
            year = SimTime.Year(time);
        }

        return year;
    }

    public SimulationException Fault(Frame frame, string message)
        => new ModuleException("SIM020", $"{frame.Module.Key}, state '{frame.Current.Name}'", $"{message} (patient {Key.Index} of seed {Key.Seed}, {SimTime.ToDateTimeOffset(StepTime):yyyy-MM-dd})");

    /// <summary>A frame for a called submodule.</summary>
    public Frame Call(Module submodule, Frame caller)
    {
        if (caller.Depth >= DepthLimit)
        {
            throw Fault(caller, $"submodules call each other more than {DepthLimit} deep; does one call itself?");
        }

        var frame = spareFrames.TryPop(out var spare) ? spare : new Frame();
        frame.Start(submodule, caller.Run, caller);
        return frame;
    }

    public void Release(Frame frame) => spareFrames.Push(frame);

    /// <summary>Runs a module as far as it comes at this time (modules.md 2.2 and 2.3).</summary>
    /// <returns>Whether it has reached a Terminal.</returns>
    public bool Advance(Frame frame, long time)
    {
        while (IsAlive(time))
        {
            if (frame.Entered == SimTime.None)
            {
                frame.Entered = time;
            }

            if (!frame.Current.Process(this, frame, time))
            {
                break;
            }

            if (++passes > PassLimit)
            {
                throw Fault(frame, $"the module has passed {PassLimit} states within one week; a loop needs a Delay or Guard");
            }

            if (frame.Exited == SimTime.None)
            {
                frame.Exited = time;
            }

            var exited = frame.Exited;
            frame.Leave();
            frame.Enter(frame.Current.Transition.Next(this, frame, time));
            if (exited < time)
            {
                // What ended between two steps: the states after it run at the exact time, then the one that does not pass is tried at this time.
                if (!IsAlive(exited) || Advance(frame, exited))
                {
                    return frame.Current.IsTerminal;
                }
            }
        }

        return frame.Current.IsTerminal;
    }

    /// <summary>Starts the count of passes of a module's step.</summary>
    public void BeginModuleStep() => passes = 0;
}
