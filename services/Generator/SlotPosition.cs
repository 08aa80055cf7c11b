using System.Globalization;
using System.Text.Json;

namespace FhirAspire.Generator;

/// <summary>
/// The next patient's number for each seed, kept in a file. A number is taken before its patient is made: after a crash a number may be left out, and
/// none comes twice.
/// </summary>
public sealed class SlotPosition
{
    private readonly string path;
    private readonly Lock gate = new();

    /// <summary>A position kept at a path; the file appears with the first number.</summary>
    public SlotPosition(string path) => this.path = path;

    /// <summary>Takes the next number, from 0.</summary>
    /// <exception cref="GeneratorException">The file holds something else; going on from the beginning would repeat patients.</exception>
    public long Take(ulong seed)
    {
        lock (gate)
        {
            var positions = Load();
            var key = seed.ToString(CultureInfo.InvariantCulture);
            var slot = positions.GetValueOrDefault(key);
            positions[key] = slot + 1;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var file = new FileStream(path + ".tmp", FileMode.Create, FileAccess.Write))
            {
                JsonSerializer.Serialize(file, positions);
                file.Flush(flushToDisk: true);
            }

            File.Move(path + ".tmp", path, overwrite: true);
            return slot;
        }
    }

    private Dictionary<string, long> Load()
    {
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, long>>(File.ReadAllBytes(path)) ?? [];
        }
        catch (JsonException e)
        {
            throw new GeneratorException("GEN005", path, "found no list of seeds and numbers; remove the file to begin with the first patient again", e);
        }
    }
}
