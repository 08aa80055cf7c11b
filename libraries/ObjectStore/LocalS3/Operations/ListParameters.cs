using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>What all listings take.</summary>
internal sealed class ListParameters
{
    public ListParameters(S3Request request)
    {
        Prefix = request.Query["prefix"] ?? "";
        Delimiter = request.Query["delimiter"] ?? "";
        MaxKeys = request.Query.Int32("max-keys", least: 0) ?? 1000;
        EncodingType = request.Query["encoding-type"];
        if (EncodingType is not (null or "url" or ""))
        {
            throw S3Errors.InvalidArgument("Invalid Encoding Method specified in Request", "encoding-type", EncodingType);
        }

        EncodingType = EncodingType == "" ? null : EncodingType;
    }

    public string Prefix { get; }

    public string Delimiter { get; }

    /// <summary>As asked; a page never has more than 1,000.</summary>
    public int MaxKeys { get; }

    public string? EncodingType { get; }

    /// <summary>ListObjects (version 1) gives its prefix back as it is, which its clients rely on; only what XML cannot hold is encoded.</summary>
    public string PrefixElement => Prefix.All(c => System.Xml.XmlConvert.IsXmlChar(c) || char.IsSurrogate(c)) ? Prefix : Encode(Prefix);

    public string? DelimiterElement => Delimiter.Length == 0 ? null : Encode(Delimiter);

    public string Encode(string text) => EncodingType is null ? text : UriText.Encode(text, keepSlash: true);

    /// <summary>Whether a marker is a common prefix of this listing as a whole.</summary>
    public bool IsCommonPrefix(string marker)
    {
        if (Delimiter.Length == 0 || !marker.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return false;
        }

        var at = marker.IndexOf(Delimiter, Prefix.Length, StringComparison.Ordinal);
        return at >= 0 && at + Delimiter.Length == marker.Length;
    }
}
