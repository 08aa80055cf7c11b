using System.Text.Json;

namespace FhirAspire.Fhir.Spool;

/// <summary>Small state as a JSON file.</summary>
public static class DurableJson
{
    /// <summary>Writes a value to disk; the file appears whole or not at all, in place of the one of before.</summary>
    public static void Write<T>(string path, T value, JsonSerializerOptions? options = null)
    {
        using (var file = new FileStream(path + ".tmp", FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(file, value, options);
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".tmp", path, overwrite: true);
    }
}
