namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>The query's parameters, decoded, in the order sent.</summary>
internal sealed class Query
{
    private static readonly Query None = new([]);

    private Query(List<KeyValuePair<string, string>> parameters) => Parameters = parameters;

    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; }

    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in Parameters)
            {
                if (key == name)
                {
                    return value;
                }
            }

            return null;
        }
    }

    public bool Has(string name) => this[name] is not null;

    /// <summary>A number that must be valid when it is there.</summary>
    public int? Int32(string name, int least)
    {
        if (this[name] is not { Length: > 0 } text)
        {
            return null;
        }

        return int.TryParse(text, out var value) && value >= least
            ? value
            : throw S3Errors.InvalidArgument($"Provided {name} not an integer or within integer range", name, text);
    }

    public static Query Parse(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return None;
        }

        var parameters = new List<KeyValuePair<string, string>>();
        foreach (var range in text.Split('&'))
        {
            var part = text[range];
            if (part.IsEmpty)
            {
                continue;
            }

            var equals = part.IndexOf('=');
            parameters.Add(new(
                UriText.Decode(equals < 0 ? part : part[..equals], plusIsBlank: true), equals < 0 ? "" : UriText.Decode(part[(equals + 1)..], plusIsBlank: true)));
        }

        return new Query(parameters);
    }
}
