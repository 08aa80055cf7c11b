namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>Somebody who may sign requests. Buckets and objects belong to the account that made them, and no other account may use them.</summary>
public sealed class LocalS3Account
{
    /// <summary>The access key.</summary>
    public string AccessKey { get; set; } = "";

    /// <summary>The secret key.</summary>
    public string SecretKey { get; set; } = "";

    /// <summary>The canonical user id in listings and ACLs; by default derived from the access key. Access keys with the same id are the same account.</summary>
    public string? Id { get; set; }

    /// <summary>The name in listings and ACLs; by default the access key.</summary>
    public string? DisplayName { get; set; }
}
