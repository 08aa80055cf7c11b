using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>Tag sets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html.</summary>
internal static class Tags
{
    public const int ObjectLimit = 10;
    public const int BucketLimit = 50;

    /// <summary>From the header x-amz-tagging (URL-encoded pairs); null when it is absent or empty.</summary>
    public static string? OfHeader(S3Request request) => request.Header("x-amz-tagging") is { Length: > 0 } text
        ? Serialize(Check([.. Query.Parse(text).Parameters], ObjectLimit))
        : null;

    public static List<KeyValuePair<string, string>> OfXml(ReadOnlyMemory<byte> body, int limit)
    {
        var set = XmlDocuments.Parse(body, "Tagging").Child("TagSet") ?? throw S3Errors.MalformedXml("Tagging has no TagSet");
        return Check([.. set.Children("Tag").Select(tag => new KeyValuePair<string, string>(tag.Required("Key"), tag.Required("Value")))], limit);
    }

    public static string? Serialize(List<KeyValuePair<string, string>> tags) => tags.Count == 0
        ? null
        : string.Join('&', tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{UriText.Encode(tag.Key, keepSlash: false)}={UriText.Encode(tag.Value, keepSlash: false)}"));

    public static IReadOnlyList<KeyValuePair<string, string>> Parse(string? text) => Query.Parse(text).Parameters;

    public static XmlText Document(IEnumerable<KeyValuePair<string, string>> tags)
    {
        var xml = new XmlText("Tagging").Open("TagSet");
        foreach (var (key, value) in tags)
        {
            xml.Open("Tag").Element("Key", key).Element("Value", value).Close("Tag");
        }

        return xml.Close("TagSet");
    }

    private static List<KeyValuePair<string, string>> Check(List<KeyValuePair<string, string>> tags, int limit)
    {
        if (tags.Count > limit)
        {
            throw S3Errors.InvalidTag($"A tag set has {tags.Count} tags, at most {limit} are allowed");
        }

        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > 128)
            {
                throw S3Errors.InvalidTag("The TagKey you have provided is invalid");
            }

            if (value.Length > 256)
            {
                throw S3Errors.InvalidTag("The TagValue you have provided is invalid");
            }

            if (key.StartsWith("aws:", StringComparison.Ordinal))
            {
                throw S3Errors.InvalidTag("System tags cannot be added/updated by requester");
            }
        }

        return tags.Select(tag => tag.Key).Distinct(StringComparer.Ordinal).Count() == tags.Count
            ? tags
            : throw S3Errors.InvalidTag("Cannot provide multiple Tags with the same key");
    }
}
