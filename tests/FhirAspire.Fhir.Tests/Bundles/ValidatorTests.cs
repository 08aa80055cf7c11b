using System.ComponentModel;
using System.Diagnostics;
using FhirAspire.Fhir.Export;
using FhirAspire.Tests;

namespace FhirAspire.Fhir.Tests.Bundles;

/// <summary>An independent validator of base R4, run with Node.js: schema, invariants, required bindings.</summary>
public sealed class ValidatorTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("fhiraspire-validator-").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [SkippableFact]
    public async Task It_finds_no_error_in_thirty_generated_patients()
    {
        var validator = await InstallAsync();
        BulkExport.Run(TestPatients.Generator(11), new ExportOptions { Patients = 30, Output = Path.Combine(root, "fhir") });

        var (exitCode, text) = await RunAsync("node", ["medplum.mjs", Path.Combine(root, "fhir")], validator, TimeSpan.FromMinutes(15));

        exitCode.ShouldBe(0, text);
        text.ShouldContain("errors: 0");
    }

    [SkippableFact]
    public async Task It_finds_no_error_in_a_patient_with_every_kind_of_entry_whatever_the_shape()
    {
        var validator = await InstallAsync();
        var patient = new HandMade().Patient;
        var folder = Directory.CreateDirectory(Path.Combine(root, "fhir")).FullName;
        using (var lines = new Fhir.Bundles.NdjsonPatientLines())
        {
            lines.Add(patient);
            foreach (var kind in Enum.GetValues<Fhir.Bundles.ResourceKind>().Where(kind => lines.Lines(kind).Length > 0))
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, $"{kind}.ndjson"), lines.Lines(kind).ToArray());
            }
        }

        foreach (var kind in Enum.GetValues<Fhir.Bundles.BundleKind>())
        {
            foreach (var usCore in new[] { false, true })
            {
                using var writer = new Fhir.Bundles.PatientBundleWriter(new Fhir.Bundles.BundleOptions { Kind = kind, UsCore = usCore, References = Fhir.Bundles.ReferenceStyle.Contained });
                await File.WriteAllBytesAsync(Path.Combine(folder, $"{kind}{usCore}.json"), writer.Write(patient).ToArray());
            }
        }

        var (exitCode, text) = await RunAsync("node", ["medplum.mjs", folder], validator, TimeSpan.FromMinutes(5));

        exitCode.ShouldBe(0, text);
        text.ShouldContain("errors: 0");
    }

    /// <summary>The validator with its packages, installed once into the temporary folder.</summary>
    private static async Task<string> InstallAsync()
    {
        var source = TestEnvironment.RequireShared("fhir-validate");
        var folder = Path.Combine(Path.GetTempPath(), "fhiraspire-fhir-validate");
        if (Directory.Exists(Path.Combine(folder, "node_modules", "@medplum", "definitions")))
        {
            return folder;
        }

        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(source))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        var (exitCode, text) = await RunAsync("npm", ["install", "--no-audit", "--no-fund"], folder, TimeSpan.FromMinutes(3));
        Skip.If(exitCode != 0, $"needs the packages of the validator, and npm cannot install them: {text}");
        return folder;
    }

    private static async Task<(int ExitCode, string Text)> RunAsync(string program, string[] arguments, string folder, TimeSpan timeout)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false } };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Skip.If(true, $"needs {program} (Node.js)");
        }

        using var limit = new CancellationTokenSource(timeout);
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, string.Concat(texts));
    }
}
