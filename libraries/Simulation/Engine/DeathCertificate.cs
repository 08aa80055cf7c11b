using FhirAspire.Simulation.Costs;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>The certificate of a death whose cause is known, written at the first step after it (modules.md 6.2).</summary>
internal static class DeathCertificate
{
    public static void Write(Life life, long time)
    {
        if (life.Person.CauseOfDeath is not { } cause)
        {
            return;
        }

        var encounter = life.NewEncounter(EncounterClass.Wellness, time, isCardiology: false);
        encounter.SetCodes([life.Known.DeathCertification]);
        life.PriceEncounter(encounter);
        var observation = life.Writer.NewObservation([life.Known.CauseOfDeath], "exam", "", time);
        observation.Set(cause);
        life.Writer.Add(observation, "Death certificate");
        life.Writer.AddReport([life.Known.DeathCertificate], [observation], time);
        life.End(encounter, time + (15 * SimTime.Minute));
    }
}
