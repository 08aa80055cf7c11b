namespace FhirAspire.Services.Tests.BadFiles;

/// <summary>A kind of file that is not as it should be, and what must become of it.</summary>
/// <param name="Name">What is wrong with it.</param>
/// <param name="FileName">Its name; the ending decides how it is read.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Rows">Rows that are loaded of it.</param>
/// <param name="Code">The code under which it is quarantined; null where all of it is loaded.</param>
/// <param name="Place">What the place begins with.</param>
public sealed record BadFile(string Name, string FileName, Func<byte[]> Content, int Rows, string? Code, string Place = "")
{
    public override string ToString() => Name;
}
