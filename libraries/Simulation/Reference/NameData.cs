using FhirAspire.Simulation.Random;

namespace FhirAspire.Simulation.Reference;

/// <summary>Names by language and sex, and parts of street names.</summary>
internal sealed class NameData
{
    private readonly Dictionary<string, string[]> lists;

    private NameData(Dictionary<string, string[]> lists) => this.lists = lists;

    /// <summary>Reads <c>names.yml</c>: keys of two levels with lists in brackets.</summary>
    public static NameData Parse(string text, string path)
    {
        var found = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var group = "";
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].TrimEnd('\r', ' ');
            if (line.Length == 0 || line.TrimStart().StartsWith('#'))
            {
                continue;
            }

            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0)
            {
                throw new SimulationException("SIM007", $"{path}:{i + 1}", $"found '{line}'; expected 'key:' or 'key: [names]'");
            }

            var key = line[..colon].Trim();
            if (!char.IsWhiteSpace(line[0]))
            {
                group = key;
                continue;
            }

            var list = line[(colon + 1)..].Trim();
            while (!list.EndsWith(']') && i + 1 < lines.Length)
            {
                list += " " + lines[++i].Trim();
            }

            found[group + "." + key] = [.. list.Trim('[', ']', ' ').Split(',').Select(n => n.Trim().Trim('"', '\'')).Where(n => n.Length > 0)];
        }

        return new NameData(found);
    }

    /// <summary>A first name, with digits appended that are always the same for the name.</summary>
    public string First(string gender, string language, SimRandom random) => Numbered(Plain(Group(language, gender) + "." + gender, random));

    /// <summary>A last name, with digits appended.</summary>
    public string Family(string language, SimRandom random) => Numbered(Plain(Group(language, "family") + ".family", random));

    /// <summary>House number and street, for half of all with a unit.</summary>
    public string Address(SimRandom random)
    {
        var street = $"{100 + random.NextInt(1000)} {Plain("english.family", random)} {Plain("street.type", random)}";
        return random.NextDouble() < 0.5 ? $"{street} {Plain("street.secondary", random)} {random.NextInt(100)}" : street;
    }

    private string Group(string language, string list) => lists.ContainsKey(language + "." + list) ? language : "english";

    private string Plain(string list, SimRandom random)
    {
        if (!lists.TryGetValue(list, out var names) || names.Length == 0)
        {
            throw new SimulationException("SIM008", "names.yml", $"there is no list '{list}'");
        }

        return names[random.NextInt(names.Length)];
    }

    private static string Numbered(string name) => name + (SplitMix.Hash(name) % 1000);
}
