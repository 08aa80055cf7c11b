using System.IO.Compression;
using FhirAspire.Fhir;
using FhirAspire.Fhir.Spool;

namespace FhirAspire.Benchmarks.Samples;

/// <summary>Makes a large input from a small one: the same bundles again and again, each round under new ids, unpacked.</summary>
internal static class SampleMultiplier
{
    /// <summary>Writes rounds of the source until the output has so many bytes or patients.</summary>
    /// <returns>Patients and bytes written.</returns>
    public static (int Patients, long Bytes) Run(string source, string target, long bytes, int patients)
    {
        Directory.CreateDirectory(target);
        var files = new DirectoryInfo(source).EnumerateFiles().Where(file => FhirFileNames.IsFhir(file.Name)).OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        var (written, count) = (0L, 0);
        foreach (var shared in files.Where(file => FhirFileNames.IsRunInformation(file.Name)))
        {
            File.WriteAllBytes(Path.Combine(target, PlainName(shared)), Read(shared));
        }

        for (var round = 0; ; round++)
        {
            var shift = new IdShift(round);
            foreach (var file in files.Where(file => !FhirFileNames.IsRunInformation(file.Name)))
            {
                if (written >= bytes || count >= patients)
                {
                    return (count, written);
                }

                var content = Read(file);
                shift.Apply(content);
                File.WriteAllBytes(Path.Combine(target, shift.Apply(PlainName(file))), content);
                written += content.Length;
                count++;
            }
        }
    }

    private static string PlainName(FileInfo file) => FhirFileNames.IsGzip(file.Name) ? file.Name[..^3] : file.Name;

    private static byte[] Read(FileInfo file)
    {
        using var stream = file.OpenRead();
        using var plain = FhirFileNames.IsGzip(file.Name) ? new GZipStream(stream, CompressionMode.Decompress) : (Stream)stream;
        using var memory = new MemoryStream();
        plain.CopyTo(memory);
        return memory.ToArray();
    }
}
