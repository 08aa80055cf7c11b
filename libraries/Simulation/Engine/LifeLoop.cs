using FhirAspire.Simulation.Immunizations;
using FhirAspire.Simulation.Lifecycle;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>Runs lives: steps of exactly 7 days from birth to the end or to death (modules.md 2.1).</summary>
internal sealed class LifeLoop
{
    private readonly Life life;
    private readonly Run[] runs;
    private readonly EncounterScheduler scheduler;
    private readonly CovidVaccination covid;
    private readonly LifeEvents events;
    private readonly QualityOfLife quality;
    private readonly WeightManagement weight;

    public LifeLoop(SimulationWorld world)
    {
        life = new Life(world);
        runs = [.. world.TopLevel.Select((module, number) => new Run { Module = module, Number = number })];
        scheduler = new EncounterScheduler(life);
        covid = new CovidVaccination(life);
        events = new LifeEvents(life);
        quality = new QualityOfLife(life);
        weight = new WeightManagement(life);
    }

    public Life Life => life;

    /// <summary>Simulates one life up to an instant.</summary>
    /// <returns>Whether the person is alive then.</returns>
    public bool Run(PatientKey key, Person person, long end)
    {
        life.Start(key, person);
        foreach (var run in runs)
        {
            run.Root = new Frame();
            run.Root.Start(run.Module, run, null);
            run.Encounter = null;
            run.HasUsedWellness = false;
            run.LastVisit = null;
            run.IsDone = false;
            run.Wake = long.MinValue;
        }

        scheduler.Reset();
        covid.Reset();
        quality.Reset();
        weight.Reset();
        events.BeBorn(person.Birth);
        var time = person.Birth;
        while (life.IsAlive(time) && time < end)
        {
            life.StepTime = time;
            life.Coverage.Renew(time + SimTime.Step);
            scheduler.OpenIfDue(time);
            covid.Step(time);
            events.Step(time);
            quality.Step(time);
            weight.Step(time);
            foreach (var run in runs)
            {
                if (!run.IsDone && (run.Wake <= time || (run.Wake == Frame.WakeAtScheduledEncounter && life.ScheduledEncounter is not null)))
                {
                    Step(run, time);
                }
            }

            life.CloseScheduled(time);
            time += SimTime.Step;
        }

        var isAlive = life.IsAlive(end);
        Finish(isAlive, time, end);
        return isAlive;
    }

    private void Step(Run run, long time)
    {
        life.BeginModuleStep();
        life.Running = run;
        if (life.Advance(run.Root, time))
        {
            run.IsDone = true;
        }
        else
        {
            run.Wake = run.Root.Current.WakeTime(run.Root);
        }

        life.Running = null;
    }

    /// <summary>Closes what is open: at death; else at the end (stays) or at the last step (visits). Then certifies the death.</summary>
    private void Finish(bool isAlive, long time, long end)
    {
        var lastStep = Math.Max(time - SimTime.Step, life.Person.Birth);
        foreach (var encounter in life.Record.Encounters)
        {
            if (!encounter.Ended)
            {
                var stop = !isAlive ? life.Person.Death
                    : encounter.Class is EncounterClass.Inpatient or EncounterClass.Hospice or EncounterClass.Snf ? end
                    : lastStep;
                life.End(encounter, stop);
            }
        }

        if (!isAlive)
        {
            DeathCertificate.Write(life, time);
        }
    }
}
