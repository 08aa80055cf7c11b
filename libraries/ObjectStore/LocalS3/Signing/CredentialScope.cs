using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Signing;

/// <summary>What a signature's credential says: whose key, for which day and region.</summary>
internal readonly record struct CredentialScope(string AccessKey, string Date, string Region, string Text)
{
    /// <summary>Reads KEY/DATE/REGION/s3/aws4_request. A key may hold slashes; what follows it never does.</summary>
    public static CredentialScope Parse(string credential, Func<string, S3Exception> fault)
    {
        var parts = credential.Split('/');
        if (parts.Length < 5)
        {
            throw fault($"the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\", found \"{credential}\".");
        }

        if (parts[^1] != "aws4_request")
        {
            throw fault($"incorrect terminal \"{parts[^1]}\". This endpoint uses \"aws4_request\".");
        }

        if (parts[^2] != "s3")
        {
            throw fault($"incorrect service \"{parts[^2]}\". This endpoint belongs to \"s3\".");
        }

        if (parts[^4].Length != 8 || !parts[^4].All(char.IsAsciiDigit))
        {
            throw fault($"incorrect date format \"{parts[^4]}\". This date in the credential must be in the format \"yyyyMMdd\".");
        }

        return new CredentialScope(string.Join('/', parts[..^4]), parts[^4], parts[^3], string.Join('/', parts[^4..]));
    }
}
