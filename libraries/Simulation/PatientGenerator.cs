using System.Collections.Concurrent;
using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Lifecycle;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Providers;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Simulation;

/// <summary>
/// Generates patients. Slot k of a seed can be generated alone, on any thread and in any order, and is always the same
/// (for the same modules, data, options and version). Safe for many threads.
/// </summary>
public sealed class PatientGenerator
{
    /// <summary>A life of a slot that nobody survives ends the attempts; real populations stay far below.</summary>
    private const int MaxAttempts = 1000;

    private readonly SimulationWorld world;
    private readonly PersonFactory people;
    private readonly ConcurrentBag<LifeLoop> loops = [];
    private readonly SimulationOptions options;
    private readonly long end;

    /// <summary>Prepares a run: reads the rows of the state from the reference data.</summary>
    /// <exception cref="SimulationException">An option makes no sense, or the data has no such state or city.</exception>
    public PatientGenerator(ModuleSet modules, ReferenceData reference, SimulationOptions options)
    {
        ArgumentNullException.ThrowIfNull(modules);
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        this.options = options;
        end = options.AsOf.ToUnixTimeMilliseconds();
        world = new SimulationWorld(modules, reference, options.State, options.Modules);
        people = new PersonFactory(world, reference, options, end);
    }

    /// <summary>The options.</summary>
    public SimulationOptions Options => options;

    /// <summary>Providers of the state, with their clinicians.</summary>
    public IReadOnlyList<Provider> Providers => world.Providers.Providers;

    /// <summary>Payers, the one that stands for no insurance last.</summary>
    public IReadOnlyList<Payer> Payers => world.Payers;

    /// <summary>Top-level modules that run.</summary>
    public IReadOnlyList<Module> Modules => world.TopLevel;

    /// <summary>
    /// Generates a slot: those who died before the end, then the one who lives (unless <see cref="SimulationOptions.UntilAlive"/> is off).
    /// </summary>
    /// <param name="index">Number of the slot, from 0.</param>
    /// <exception cref="SimulationException">A module fails while it runs, or nobody in the slot survives.</exception>
    public IReadOnlyList<SimulatedPatient> Generate(long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        if (!loops.TryTake(out var loop))
        {
            loop = new LifeLoop(world);
        }

        var patients = new List<SimulatedPatient>(1);
        var slot = people.Slot(index);
        for (var attempt = 0; ; attempt++)
        {
            if (attempt == MaxAttempts)
            {
                throw new SimulationException("SIM021", $"slot {index}", $"nobody survived in {MaxAttempts} attempts; the modules let people of this age die too often");
            }

            var key = new PatientKey(options.Seed, index, attempt);
            var person = people.Create(slot, key);
            var isAlive = loop.Run(key, person, end);
            patients.Add(RecordFilter.Finish(loop.Life, end, options));
            if (isAlive || !options.UntilAlive)
            {
                break;
            }
        }

        loops.Add(loop);
        return patients;
    }
}
