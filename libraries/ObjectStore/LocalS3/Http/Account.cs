namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>Who has signed a request.</summary>
internal sealed record Account(string Id, string DisplayName, string AccessKey, byte[] SigningSecret)
{
    public static readonly Account Anonymous = new("", "", "", []);

    public bool IsAnonymous => Id.Length == 0;
}
