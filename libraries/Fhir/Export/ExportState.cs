using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Simulation;

namespace FhirAspire.Fhir.Export;

/// <summary>Where an export stands, kept beside its files so that it can go on after an interruption.</summary>
/// <param name="Fingerprint">Of all options; another one is another export.</param>
/// <param name="Next">The next slot.</param>
/// <param name="IsComplete">Whether all is written.</param>
/// <param name="Lengths">Lengths of growing files.</param>
/// <param name="Totals">Sums of the run.</param>
/// <param name="AsOf">End of the simulation.</param>
internal sealed record ExportState(string Fingerprint, long Next, bool IsComplete, Dictionary<string, long> Lengths, JsonElement? Totals, DateTimeOffset AsOf)
{
    /// <summary>The file; its ending keeps it from being taken for a FHIR file.</summary>
    public const string FileName = ".generate-state";

    public static ExportState Load(ExportOptions options, SimulationOptions simulation)
    {
        var fingerprint = FingerprintOf(options, simulation);
        var path = Path.Combine(options.Output, FileName);
        if (!File.Exists(path))
        {
            return Directory.Exists(options.Output) && Directory.EnumerateFileSystemEntries(options.Output).Any()
                ? throw new FhirWriteException("FHW002", options.Output, "found files that no export of ours has begun; expected a new or empty folder")
                : new ExportState(fingerprint, 0, false, [], null, simulation.AsOf);
        }

        var state = Read(path);
        return state is not null && state.Fingerprint == fingerprint
            ? state
            : throw new FhirWriteException("FHW002", options.Output, "found the export of other options, modules or data; expected a new or empty folder, or the same options");
    }

    /// <summary>The state in a file; null when there is none.</summary>
    public static ExportState? Read(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<ExportState>(File.ReadAllBytes(path), JsonSerializerOptions.Web) : null;
        }
        catch (JsonException e)
        {
            throw new FhirWriteException("FHW002", path, $"found what is no state of an export ({e.Message}). Remove the folder to begin anew");
        }
    }

    public void Save(string folder)
    {
        var path = Path.Combine(folder, FileName);
        File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web));
        File.Move(path + ".tmp", path, overwrite: true);
    }

    private static string FingerprintOf(ExportOptions o, SimulationOptions s)
    {
        // Threads and the folder do not change a byte of the output.
        var text = string.Join('\n',
            o.Patients, o.Format, o.Gzip, o.Bundles, o.CheckpointEvery, o.Sources, s.Seed, s.State, s.City, s.Gender, s.MinAge, s.MaxAge, s.AsOf.ToUnixTimeMilliseconds(),
            s.YearsOfHistory, typeof(ExportState).Assembly.GetName().Version);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }
}
