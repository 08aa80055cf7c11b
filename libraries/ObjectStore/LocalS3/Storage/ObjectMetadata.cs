using System.Text;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>What an object says of itself in headers: Content-Type and its like, and x-amz-meta-*.</summary>
/// <remarks>Names are lower case. A header holds no NUL, so NUL separates names and values in the index.</remarks>
internal sealed class ObjectMetadata
{
    public static readonly ObjectMetadata Empty = new([]);

    private ObjectMetadata(KeyValuePair<string, string>[] headers) => Headers = headers;

    public KeyValuePair<string, string>[] Headers { get; }

    public static ObjectMetadata Of(IEnumerable<KeyValuePair<string, string>> headers)
    {
        var array = headers.ToArray();
        return array.Length == 0 ? Empty : new ObjectMetadata(array);
    }

    public string? this[string name]
    {
        get
        {
            foreach (var (header, value) in Headers)
            {
                if (header == name)
                {
                    return value;
                }
            }

            return null;
        }
    }

    public ObjectMetadata With(string name, string? value) =>
        Of(Headers.Where(header => header.Key != name).Concat(value is null ? [] : [new(name, value)]));

    public byte[]? Serialize()
    {
        if (Headers.Length == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var (name, value) in Headers)
        {
            text.Append(name).Append('\0').Append(value).Append('\0');
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    public static ObjectMetadata Deserialize(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return Empty;
        }

        var parts = Encoding.UTF8.GetString(bytes).Split('\0');
        var headers = new KeyValuePair<string, string>[parts.Length / 2];
        for (var i = 0; i < headers.Length; i++)
        {
            headers[i] = new(parts[2 * i], parts[(2 * i) + 1]);
        }

        return new ObjectMetadata(headers);
    }
}
