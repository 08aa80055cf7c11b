namespace FhirAspire.ObjectStore;

/// <summary>Where the objects are and how to reach them; configuration section <see cref="Section"/>.</summary>
public sealed class ObjectStoreOptions
{
    /// <summary>The configuration section that these options are bound to.</summary>
    public const string Section = "S3";

    /// <summary>The bucket that everything uses unless it is told another.</summary>
    public const string DefaultBucket = "synthea-fhir-data-dump";

    /// <summary>
    /// The endpoint, such as <c>http://127.0.0.1:9000</c>; none (the default) is AWS S3 itself. An endpoint of the own machine is taken to be an emulator:
    /// path style and no checksums beyond what S3 demands.
    /// </summary>
    public string? ServiceUrl { get; set; }

    /// <summary>The AWS region; of an emulator only the signature's.</summary>
    public string Region { get; set; } = "us-east-1";

    /// <summary>The bucket.</summary>
    public string Bucket { get; set; } = DefaultBucket;

    /// <summary>The access key; with neither key the AWS chain is asked (environment, profile, container, instance).</summary>
    public string? AccessKey { get; set; }

    /// <summary>The secret key of <see cref="AccessKey"/>.</summary>
    public string? SecretKey { get; set; }

    /// <summary>The session token of temporary credentials.</summary>
    public string? SessionToken { get; set; }

    /// <summary>A profile of the AWS credential files, instead of keys.</summary>
    public string? Profile { get; set; }

    /// <summary>Bucket in the path (true) or in the host name (false); by default true for any <see cref="ServiceUrl"/>, false for AWS.</summary>
    public bool? ForcePathStyle { get; set; }

    /// <summary>Requests that may be in flight at a time to one endpoint.</summary>
    public int MaxConnections { get; set; } = 64;

    /// <summary>Attempts after the first for one request.</summary>
    public int MaxRetries { get; set; } = 3;

    /// <summary>How long one request may take, its body included, in seconds.</summary>
    public int TimeoutSeconds { get; set; } = 300;

    /// <summary>How long a connection may take to be made, in seconds.</summary>
    public int ConnectTimeoutSeconds { get; set; } = 5;

    /// <summary>Whether <see cref="ObjectStoreExtensions.AddObjectStore"/>'s users may make the bucket when it is not there.</summary>
    public bool CreateBucket { get; set; } = true;

    /// <summary>
    /// How long a bucket that <see cref="CreateBucket"/> makes keeps what was overwritten or deleted, in days: by versioning, and a lifecycle rule that ends it.
    /// 0: it is gone at once.
    /// </summary>
    public int NoncurrentDays { get; set; } = 30;

    /// <summary>Whether the endpoint is this machine.</summary>
    public bool IsLoopback => Uri.TryCreate(ServiceUrl, UriKind.Absolute, out var url) && url.IsLoopback;
}
