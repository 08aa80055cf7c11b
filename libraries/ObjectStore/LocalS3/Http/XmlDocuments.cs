using System.Xml;
using System.Xml.Linq;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>Reads XML from requests: no DTD, no entities, namespaces ignored as S3 ignores them.</summary>
internal static class XmlDocuments
{
    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CheckCharacters = false };

    public static XElement Parse(ReadOnlyMemory<byte> body, string root)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(body.ToArray(), writable: false), Settings);
            var element = XElement.Load(reader);
            return element.Name.LocalName == root ? element : throw S3Errors.MalformedXml($"found the root element {element.Name.LocalName}, expected {root}");
        }
        catch (XmlException e)
        {
            throw S3Errors.MalformedXml(e.Message);
        }
    }

    public static XElement? Child(this XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    public static IEnumerable<XElement> Children(this XElement element, string name) => element.Elements().Where(child => child.Name.LocalName == name);

    public static string? Text(this XElement element, string name) => element.Child(name)?.Value;

    public static string Required(this XElement element, string name) =>
        element.Text(name) ?? throw S3Errors.MalformedXml($"{element.Name.LocalName} has no {name}");

    public static int? Int32(this XElement element, string name) => element.Text(name) is not { } text
        ? null
        : int.TryParse(text, out var value) ? value : throw S3Errors.MalformedXml($"{name} is '{text}', expected a number");

    public static long? Int64(this XElement element, string name) => element.Text(name) is not { } text
        ? null
        : long.TryParse(text, out var value) ? value : throw S3Errors.MalformedXml($"{name} is '{text}', expected a number");
}
