using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules;

/// <summary>
/// Why something is done: an attribute that holds a condition or code; else an earlier state of the module by that name, matched against
/// what is present; else the code of the module's onset state by that name.
/// </summary>
/// <param name="Name">As the module gives it.</param>
/// <param name="Attribute">Slot of the attribute by that name.</param>
/// <param name="PriorKey">Key among the names looked back at.</param>
/// <param name="OnsetCode">First code of the module's onset state by that name, if there is one.</param>
internal sealed record Reason(string Name, int Attribute, int PriorKey, Code? OnsetCode)
{
    public void Resolve(Life life, Frame frame, out Code? code, out Entry? entry)
    {
        entry = null;
        code = null;
        var value = life.Attributes[Attribute];
        if (value.Exists)
        {
            entry = value.Entry;
            code = value.AsCode();
            return;
        }

        if (frame.HasVisited(PriorKey))
        {
            entry = life.Present.FindByState(Name);
            code = entry?.Code;
            return;
        }

        code = OnsetCode;
    }
}
