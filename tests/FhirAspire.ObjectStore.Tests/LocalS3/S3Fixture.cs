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
        Objects = new ObjectBucket(Client, options);
        await Objects.EnsureBucketAsync();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
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
