using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.S3;

namespace FhirAspire.ObjectStore;

/// <summary>Makes the S3 client: the same code for AWS, LocalStack and the embedded server.</summary>
public static class ObjectStoreClientFactory
{
    /// <summary>A client for <paramref name="options"/>; the caller disposes it.</summary>
    /// <exception cref="ObjectStoreException">The named profile does not exist.</exception>
    public static IAmazonS3 Create(ObjectStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var config = Configure(options);
#if LOCALSTACK
        // In such a build the emulator is LocalStack, which its own client reaches; its settings come from LocalStack's configuration section.
        if (options.IsLoopback && options.ServiceUrl is { } url)
        {
            var address = new Uri(url);
            var session = LocalStack.Client.SessionStandalone.Init()
                .WithSessionOptions(new LocalStack.Client.Options.SessionOptions(options.AccessKey ?? "test", options.SecretKey ?? "test", options.SessionToken ?? "token", options.Region))
                .WithConfigurationOptions(new LocalStack.Client.Options.ConfigOptions(address.Host, useSsl: address.Scheme == Uri.UriSchemeHttps, useLegacyPorts: false, edgePort: address.Port))
                .Create();
            return session.CreateClientByImplementation<AmazonS3Client>();
        }
#endif
        return Credentials(options) is { } credentials ? new AmazonS3Client(credentials, config) : new AmazonS3Client(config);
    }

    internal static AmazonS3Config Configure(ObjectStoreOptions options)
    {
        var config = new AmazonS3Config
        {
            MaxErrorRetry = options.MaxRetries,
            Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
            ConnectTimeout = TimeSpan.FromSeconds(options.ConnectTimeoutSeconds),
            MaxConnectionsPerServer = options.MaxConnections,
            RetryMode = RequestRetryMode.Standard,
            // The default of 8 KB makes ten times the calls that a bundle of megabytes needs.
            BufferSize = 256 * 1024,
        };
        if (options.ServiceUrl is { } url)
        {
            config.ServiceURL = url;
            config.AuthenticationRegion = options.Region;
            config.ForcePathStyle = options.ForcePathStyle ?? true;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
            config.ForcePathStyle = options.ForcePathStyle ?? false;
        }

        if (options.IsLoopback)
        {
            // A loopback connection loses no bits that TCP would not find, and every upload is hashed once anyway for its ETag.
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        }

        return config;
    }

    private static AWSCredentials? Credentials(ObjectStoreOptions options)
    {
        if (!string.IsNullOrEmpty(options.AccessKey))
        {
            return string.IsNullOrEmpty(options.SessionToken)
                ? new BasicAWSCredentials(options.AccessKey, options.SecretKey)
                : new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.SessionToken);
        }

        if (string.IsNullOrEmpty(options.Profile))
        {
            return null;
        }

        return new CredentialProfileStoreChain().TryGetAWSCredentials(options.Profile, out var credentials)
            ? credentials
            : throw new ObjectStoreException(
                "S3C001", $"{ObjectStoreOptions.Section}:Profile", $"the AWS credential files have no profile '{options.Profile}'; add it, or set AccessKey and SecretKey");
    }
}
