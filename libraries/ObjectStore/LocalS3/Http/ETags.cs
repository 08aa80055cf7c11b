namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>Compares ETags of conditions.</summary>
internal static class ETags
{
    /// <summary>Whether a header's value (<c>*</c>, or a list with or without quotes) names the ETag.</summary>
    public static bool Matches(string condition, string eTag)
    {
        foreach (var range in condition.AsSpan().Split(','))
        {
            var one = condition.AsSpan(range).Trim();
            if (one is "*")
            {
                return true;
            }

            one = one.StartsWith("W/", StringComparison.Ordinal) ? one[2..] : one;
            if (one.Trim('"').SequenceEqual(eTag))
            {
                return true;
            }
        }

        return false;
    }
}
