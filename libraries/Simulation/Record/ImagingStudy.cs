namespace FhirAspire.Simulation.Record;

/// <summary>One image.</summary>
/// <param name="Uid">DICOM UID.</param>
/// <param name="Title">Title.</param>
/// <param name="SopClass">SOP class.</param>
public sealed record ImagingInstance(string Uid, string Title, Code SopClass);

/// <summary>Images of one body site with one modality.</summary>
/// <param name="Uid">DICOM UID.</param>
/// <param name="BodySite">Body site.</param>
/// <param name="Modality">Modality.</param>
/// <param name="Instances">The images.</param>
public sealed record ImagingSeries(string Uid, Code BodySite, Code Modality, IReadOnlyList<ImagingInstance> Instances);

/// <summary>An imaging study.</summary>
public sealed class ImagingStudy : Entry
{
    /// <summary>DICOM UID.</summary>
    public string Uid { get; internal set; } = "";

    /// <summary>The series.</summary>
    public IReadOnlyList<ImagingSeries> Series { get; internal set; } = [];

    /// <summary>The procedure by which it was made.</summary>
    public Code ProcedureCode => Code;
}
