using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules;

/// <summary>Interns codes; two codes with the same text share a key, since present entries are told apart by text alone.</summary>
internal sealed class CodeTable
{
    private readonly Dictionary<(string System, string Value, string Display, string? Version), Code> codes = [];
    private readonly NameTable texts = new();

    /// <summary>Number of different texts.</summary>
    public int Count => texts.Count;

    public Code Intern(string system, string value, string display, string? version = null)
    {
        var key = (system, value, display, version);
        if (!codes.TryGetValue(key, out var code))
        {
            code = new Code(system, value, display, version) { Key = texts.Key(value) };
            codes.Add(key, code);
        }

        return code;
    }

    /// <summary>The key of a code's text.</summary>
    public int Key(string value) => texts.Key(value);

    /// <summary>The key of a code's text; -1 when nothing uses it.</summary>
    public int Find(string value) => texts.Find(value);
}
