using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Fhir.Export;

namespace FhirAspire.Fhir.Tests.Export;

public sealed class BulkExportTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("fhiraspire-export-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [SkippableTheory]
    [InlineData(ExportFormat.Fhir, false)]
    [InlineData(ExportFormat.Fhir, true)]
    [InlineData(ExportFormat.Ndjson, false)]
    [InlineData(ExportFormat.Ndjson, true)]
    [InlineData(ExportFormat.Csv, false)]
    [InlineData(ExportFormat.Csv, true)]
    public void The_bytes_are_the_same_with_more_threads_and_after_an_interruption(ExportFormat format, bool gzip)
    {
        ExportOptions Options(string name, int threads) => new() { Patients = 5, Output = Path.Combine(root, name), Format = format, Gzip = gzip, Threads = threads, CheckpointEvery = 2 };
        var whole = BulkExport.Run(TestPatients.Generator(), Options("one", 1));
        BulkExport.Run(TestPatients.Generator(), Options("three", 3));
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => BulkExport.Run(TestPatients.Generator(), Options("cut", 2), new Stop(3, stop), stop.Token));
        Should.Throw<FhirWriteException>(() => BulkExport.Run(TestPatients.Generator(8), Options("cut", 2))).Code.ShouldBe("FHW002");
        var rest = BulkExport.Run(TestPatients.Generator(), Options("cut", 2));

        Hashes("three").ShouldBe(Hashes("one"));
        Hashes("cut").ShouldBe(Hashes("one"));
        rest.Patients.ShouldBe(whole.Patients);
        rest.Resources.ShouldBeLessThan(whole.Resources);
        BulkExport.Run(TestPatients.Generator(), Options("cut", 2)).Resources.ShouldBe(0);
    }

    [SkippableTheory]
    [InlineData(ExportFormat.Fhir)]
    [InlineData(ExportFormat.Ndjson)]
    [InlineData(ExportFormat.Csv)]
    public void The_bytes_are_the_same_whatever_the_culture(ExportFormat format)
    {
        ExportOptions Options(string name) => new() { Patients = 3, Output = Path.Combine(root, name), Format = format, Threads = 2 };
        BulkExport.Run(TestPatients.Generator(), Options("here"));
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        culture.NumberFormat = new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = ".", NegativeSign = "~", NumberDecimalDigits = 5 };
        culture.DateTimeFormat.DateSeparator = ".";
        culture.DateTimeFormat.TimeSeparator = "-";
        var before = CultureInfo.CurrentCulture;
        try
        {
            // It flows into the threads that the export starts.
            CultureInfo.CurrentCulture = culture;
            (-1.5).ToString().ShouldBe("~1,5");
            BulkExport.Run(TestPatients.Generator(), Options("there"));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        Hashes("there").ShouldBe(Hashes("here"));
    }

    [SkippableFact]
    public void A_patient_generated_alone_has_the_bundle_of_the_run()
    {
        BulkExport.Run(TestPatients.Generator(), new ExportOptions { Patients = 6, Output = root });
        using var writer = new PatientBundleWriter();

        // The last slot first, by a generator that has made nobody before.
        foreach (var slot in new[] { 5, 2 })
        {
            foreach (var patient in TestPatients.Generator().Generate(slot))
            {
                writer.Write(patient).Span.SequenceEqual(File.ReadAllBytes(Path.Combine(root, PatientBundleWriter.FileName(patient)))).ShouldBeTrue(patient.ToString());
            }
        }
    }

    [SkippableFact]
    public void A_folder_with_other_files_is_left_alone()
    {
        File.WriteAllText(Path.Combine(root, "thesis.docx"), "");

        Should.Throw<FhirWriteException>(() => BulkExport.Run(TestPatients.Generator(), new ExportOptions { Patients = 1, Output = root })).Message.ShouldContain("empty folder");
        Directory.GetFiles(root).Length.ShouldBe(1);
    }

    [SkippableFact]
    public void A_gzipped_file_of_several_members_reads_as_the_plain_one()
    {
        BulkExport.Run(TestPatients.Generator(), new ExportOptions { Patients = 3, Output = Path.Combine(root, "gz"), Format = ExportFormat.Ndjson, Gzip = true, CheckpointEvery = 1 });
        BulkExport.Run(TestPatients.Generator(), new ExportOptions { Patients = 3, Output = Path.Combine(root, "plain"), Format = ExportFormat.Ndjson });

        foreach (var plain in Directory.EnumerateFiles(Path.Combine(root, "plain"), "*.ndjson"))
        {
            using var packed = new GZipStream(File.OpenRead(Path.Combine(root, "gz", Path.GetFileName(plain) + ".gz")), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            packed.CopyTo(bytes);
            bytes.ToArray().ShouldBe(File.ReadAllBytes(plain), plain);
        }
    }

    [SkippableFact]
    public void All_three_formats_tell_of_the_same_patients()
    {
        foreach (var format in Enum.GetValues<ExportFormat>())
        {
            BulkExport.Run(TestPatients.Generator(), new ExportOptions { Patients = 4, Output = Path.Combine(root, format.ToString()), Format = format });
        }

        var ids = Directory.EnumerateFiles(Path.Combine(root, "Fhir"), "*-*.json").Select(file => FhirFileNames.IdOf(Path.GetFileName(file))).Order(StringComparer.Ordinal).ToList();
        File.ReadLines(Path.Combine(root, "Csv", "patients.csv")).Skip(1).Select(line => line.Split(',')[0]).Order(StringComparer.Ordinal).ShouldBe(ids);
        File.ReadLines(Path.Combine(root, "Ndjson", "Patient.ndjson")).Select(line => line.Split("\"id\":\"")[1][..36]).Order(StringComparer.Ordinal).ShouldBe(ids);
        File.ReadLines(Path.Combine(root, "Ndjson", "Encounter.ndjson")).Count().ShouldBe(File.ReadLines(Path.Combine(root, "Csv", "encounters.csv")).Count() - 1);
        File.ReadLines(Path.Combine(root, "Ndjson", "Organization.ndjson")).Count().ShouldBe(File.ReadLines(Path.Combine(root, "Csv", "organizations.csv")).Count() - 1);
    }

    private Dictionary<string, string> Hashes(string folder) => Directory.EnumerateFiles(Path.Combine(root, folder))
        .Where(file => !Path.GetFileName(file).StartsWith('.'))
        .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))), StringComparer.Ordinal);

    private sealed class Stop(long after, CancellationTokenSource source) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value)
        {
            if (value.Slots == after)
            {
                source.Cancel();
            }
        }
    }
}
