using Amazon.S3;
using FhirAspire.ObjectStore.LocalS3;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

/// <summary>A server of its own for a test class, in a folder that goes with it, and a client for it.</summary>
public sealed class S3Fixture : IAsyncLifetime
{
    public const string Bucket = "test-bucket";
    private readonly string root = Path.Combine(Path.GetTempPath(), "locals3-" + Guid.NewGuid().ToString("n"));

    public LocalS3Server Server { get; private set; } = null!;

    public IAmazonS3 Client { get; private set; } = null!;

    /// <summary>A client as the SDK makes it: with a checksum on every upload.</summary>
    public IAmazonS3 ChecksumClient { get; private set; } = null!;

    public ObjectBucket Objects { get; private set; } = null!;

    public List<LocalS3Event> Events { get; } = [];

    public HttpClient Http { get; } = new();

    public static ObjectStoreOptions ClientOptions(LocalS3Server server) => new()
    {
        ServiceUrl = server.Endpoint.ToString(), AccessKey = server.AccessKey, SecretKey = server.SecretKey, Bucket = Bucket, MaxRetries = 0,
    };

    public async Task InitializeAsync()
    {
        Server = await LocalS3Server.StartAsync(new LocalS3Options
        {
            Root = root,
            Port = 0,
            Durability = LocalS3Durability.Fast,
            OnEvent = item =>
            {
                lock (Events)
                {
                    Events.Add(item);
                }
            },
        });
        var options = ClientOptions(Server);
        Client = ObjectStoreClientFactory.Create(options);
        ChecksumClient = new AmazonS3Client(Server.AccessKey, Server.SecretKey, new AmazonS3Config { ServiceURL = Server.Endpoint.ToString(), ForcePathStyle = true, MaxErrorRetry = 0 });
        Objects = new ObjectBucket(Client, options);
        await Objects.EnsureBucketAsync();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        ChecksumClient.Dispose();
        Http.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    /// <summary>A bucket for one test.</summary>
    public async Task<string> NewBucketAsync()
    {
        var name = "b-" + Guid.NewGuid().ToString("n");
        await Client.PutBucketAsync(name);
        return name;
    }
}
