using System.Security.Cryptography;
using System.Text;
using FhirAspire.Fhir;

namespace FhirAspire.Generator.Replay;

/// <summary>The folders that a source folder becomes, in order: what a run shares first, then one a patient, one an NDJSON file.</summary>
/// <param name="Items">The folders.</param>
/// <param name="Fingerprint">Changes when files are added, removed, or change in size.</param>
internal sealed record ReplayPlan(IReadOnlyList<ReplayItem> Items, string Fingerprint)
{
    public static ReplayPlan Read(string source)
    {
        var files = new DirectoryInfo(source).EnumerateFiles()
            .Where(file => FhirFileNames.IsFhir(file.Name))
            .OrderBy(file => file.Name, StringComparer.Ordinal)
            .ToList();
        var shared = files.Where(file => FhirFileNames.IsRunInformation(file.Name))
            .GroupBy(file => new string([.. file.Name.SkipWhile(c => !char.IsAsciiDigit(c)).TakeWhile(char.IsAsciiDigit)]), StringComparer.Ordinal)
            .Select(run => new ReplayItem($"run{run.Key}", [.. run], SpooledKind.Shared));
        // An NDJSON file without an id of a patient in its name may be large or may be shared by all; a folder of its own is right for both.
        var others = files.Where(file => !FhirFileNames.IsRunInformation(file.Name))
            .Select(file => new ReplayItem(FhirFileNames.IdOf(file.Name), [file], FhirFileNames.IsNdjson(file.Name) ? SpooledKind.Ndjson : SpooledKind.Patient));
        var fingerprint = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Join('\n', files.Select(file => $"{file.Name}\t{file.Length}")))))[..16];
        return new ReplayPlan([.. shared, .. others], fingerprint);
    }
}

/// <summary>One folder to be.</summary>
internal sealed record ReplayItem(string Id, IReadOnlyList<FileInfo> Files, SpooledKind Kind);
