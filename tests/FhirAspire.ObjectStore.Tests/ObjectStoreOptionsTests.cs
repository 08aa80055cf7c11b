using Amazon.Runtime;

namespace FhirAspire.ObjectStore.Tests;

public sealed class ObjectStoreOptionsTests
{
    [Fact]
    public void The_defaults_are_valid() =>
        new ObjectStoreOptionsValidator().Validate(null, new ObjectStoreOptions()).Succeeded.ShouldBeTrue();

    [Fact]
    public void All_faults_are_told_at_once_each_with_its_key()
    {
        var options = new ObjectStoreOptions { ServiceUrl = "here", Bucket = "A", Region = " ", AccessKey = "only", MaxConnections = 0, MaxRetries = -1, TimeoutSeconds = 0, ConnectTimeoutSeconds = 0 };
        var result = new ObjectStoreOptionsValidator().Validate(null, options);
        foreach (var key in new[] { "ServiceUrl", "Bucket", "Region", "SecretKey", "MaxConnections", "MaxRetries", "TimeoutSeconds", "ConnectTimeoutSeconds" })
        {
            result.Failures!.Count(failure => failure.StartsWith("S3:" + key, StringComparison.Ordinal)).ShouldBe(1, key);
        }
    }

    [Fact]
    public void A_loopback_endpoint_gets_path_style_and_no_checksums_beyond_what_is_required()
    {
        var config = ObjectStoreClientFactory.Configure(new ObjectStoreOptions { ServiceUrl = "http://localhost:9000", AccessKey = "a", SecretKey = "b" });
        config.ForcePathStyle.ShouldBeTrue();
        config.RequestChecksumCalculation.ShouldBe(RequestChecksumCalculation.WHEN_REQUIRED);
        config.ResponseChecksumValidation.ShouldBe(ResponseChecksumValidation.WHEN_REQUIRED);
    }

    [Fact]
    public void Aws_gets_the_region_host_names_and_checksums()
    {
        var config = ObjectStoreClientFactory.Configure(new ObjectStoreOptions { Region = "eu-central-1" });
        config.ForcePathStyle.ShouldBeFalse();
        config.RegionEndpoint.SystemName.ShouldBe("eu-central-1");
        config.RequestChecksumCalculation.ShouldBe(RequestChecksumCalculation.WHEN_SUPPORTED);
    }

    [Fact]
    public void A_profile_that_does_not_exist_is_named() =>
        Should.Throw<ObjectStoreException>(() => ObjectStoreClientFactory.Create(new ObjectStoreOptions { Profile = "no-such-profile-here" })).Code.ShouldBe("S3C001");
}
