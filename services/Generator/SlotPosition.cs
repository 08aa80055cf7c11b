using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FhirAspire.Fhir.Spool;

namespace FhirAspire.Generator;

/// <summary>
/// The next patient's number for each seed, kept in a file. A number is taken before its patient is made: after a crash a number may be left out, and
/// none comes twice. Processes that share the file (replicas on one volume) never get the same number: a lock file beside it is held while a number is taken.
/// </summary>
public sealed class SlotPosition : IPatientNumbers
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string path;
    private readonly TimeSpan patience;
    private readonly Lock gate = new();

    /// <summary>A position kept at a path; the file appears with the first number.</summary>
    public SlotPosition(string path)
        : this(path, Patience)
    {
    }

    internal SlotPosition(string path, TimeSpan patience)
    {
        this.path = path;
        this.patience = patience;
    }

    /// <summary>Takes the next number, from 0.</summary>
    /// <exception cref="GeneratorException">The file holds something else, and going on from the beginning would repeat patients; or another process holds the lock for too long.</exception>
    public long Take(ulong seed)
    {
        lock (gate)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var held = Hold();
            var positions = Load();
            var key = seed.ToString(CultureInfo.InvariantCulture);
            var slot = positions.GetValueOrDefault(key);
            positions[key] = slot + 1;
            DurableJson.Write(path, positions);
            return slot;
        }
    }

    /// <inheritdoc/>
    public Task<long> TakeAsync(ulong seed, CancellationToken cancellationToken) => Task.FromResult(Take(seed));

    /// <summary>The lock among processes. The system frees it when its holder ends, however that ends; the empty file stays.</summary>
    private FileStream Hold()
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException or PathTooLongException))
            {
                if (Stopwatch.GetElapsedTime(since) > patience)
                {
                    throw new GeneratorException("GEN006", path + ".lock", $"was not free within {patience.TotalSeconds:0} s; another process takes a number and does not end: end it, or give this one a PositionFile of its own with another seed", e);
                }

                Thread.Sleep(5);
            }
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
