using System.Text.Json;

namespace FhirAspire.Generator.Replay;

/// <summary>Where replay stands: a restarted host goes on behind it. Kept as JSON, replaced by rename.</summary>
internal sealed record ReplayState(string Source, string Fingerprint, long Round, int Next)
{
    public static ReplayState Load(string path, string source, string fingerprint)
    {
        if (File.Exists(path))
        {
            try
            {
                var state = JsonSerializer.Deserialize<ReplayState>(File.ReadAllBytes(path), JsonSerializerOptions.Web);
                if (state?.Source == source && state.Fingerprint == fingerprint)
                {
                    return state;
                }
            }
            catch (JsonException)
            {
                // A file that is no state of ours is replaced; replaying from the beginning is harmless, a newer bundle replaces the older.
            }
        }

        return new ReplayState(source, fingerprint, 0, 0);
    }

    public void Save(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path + ".tmp", JsonSerializer.SerializeToUtf8Bytes(this, JsonSerializerOptions.Web));
        File.Move(path + ".tmp", path, overwrite: true);
    }
}
