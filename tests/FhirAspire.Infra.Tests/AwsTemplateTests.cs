using System.Text.Json.Nodes;

namespace FhirAspire.Tests.Infra;

public sealed class AwsTemplateTests
{
    private static readonly JsonObject Resources = JsonNode.Parse(File.ReadAllText(Path.Combine(TestEnvironment.RepositoryRoot, "infra", "aws", "pipeline.json")))!["Resources"]!.AsObject();

    [Fact]
    public void Every_bucket_is_versioned_encrypted_private_and_reached_by_tls_only()
    {
        var buckets = OfType("AWS::S3::Bucket");
        buckets.Select(bucket => bucket.Key).ShouldBe(["Bucket", "AuditBucket"]);
        foreach (var (name, bucket) in buckets)
        {
            var properties = bucket["Properties"]!;
            ((string?)properties["VersioningConfiguration"]!["Status"]).ShouldBe("Enabled", name);
            ((string?)properties["BucketEncryption"]!["ServerSideEncryptionConfiguration"]![0]!["ServerSideEncryptionByDefault"]!["SSEAlgorithm"]).ShouldBe("AES256", name);
            var block = properties["PublicAccessBlockConfiguration"]!.AsObject();
            block.Count.ShouldBe(4, name);
            block.ShouldAllBe(flag => (bool)flag.Value!);
            var policy = OfType("AWS::S3::BucketPolicy").Single(p => (string?)p.Value["Properties"]!["Bucket"]!["Ref"] == name).Value;
            var statement = Statements(policy).Single(s => (string?)s["Sid"] == "TlsOnly");
            ((string?)statement["Effect"]).ShouldBe("Deny");
            ((string?)statement["Condition"]!["Bool"]!["aws:SecureTransport"]).ShouldBe("false");
            statement["Resource"]!.AsArray().Count.ShouldBe(2);
        }
    }

    [Fact]
    public void Nothing_is_allowed_to_everybody_and_no_action_is_a_wildcard()
    {
        var allowed = Resources.SelectMany(r => Statements(r.Value!)).Where(s => (string?)s["Effect"] == "Allow").ToList();
        allowed.Count.ShouldBeGreaterThan(10);
        foreach (var statement in allowed)
        {
            (statement["Principal"]?.ToJsonString() ?? "").ShouldNotContain("*");
            Texts(statement["Action"]).ShouldAllBe(action => !action.Contains('*'));
            Texts(statement["Resource"]).ShouldNotContain("*");
        }
    }

    [Theory]
    [InlineData("UploaderRole", "s3:AbortMultipartUpload s3:GetBucketLocation s3:ListBucket s3:PutObject")]
    [InlineData("LoaderRole", "s3:GetBucketLocation s3:GetObject s3:GetObjectVersion s3:ListBucket")]
    [InlineData("SnowflakeRole", "s3:GetBucketLocation s3:GetObject s3:GetObjectVersion s3:ListBucket")]
    public void A_role_may_do_exactly_its_work(string role, string actions) =>
        string.Join(' ', Resources[role]!["Properties"]!["Policies"]!.AsArray().SelectMany(p => p!["PolicyDocument"]!["Statement"]!.AsArray()).SelectMany(s => Texts(s!["Action"])).Order(StringComparer.Ordinal)).ShouldBe(actions);

    [Theory]
    [InlineData("UploaderRole", "UploaderSubject")]
    [InlineData("LoaderRole", "LoaderSubject")]
    public void A_role_trusts_one_token_or_one_identity(string role, string subject)
    {
        var trust = Resources[role]!["Properties"]!["AssumeRolePolicyDocument"]!["Fn::If"]!.AsArray();
        ((string?)trust[0]).ShouldBe("HasOidc");
        var statement = JsonNode.Parse((string)trust[1]!["Fn::Sub"]!)!["Statement"]!.AsArray().ShouldHaveSingleItem()!;
        ((string?)statement["Principal"]!["Federated"]).ShouldBe("${OidcProvider}");
        var condition = statement["Condition"]!["StringEquals"]!.AsObject();
        ((string?)condition["${OidcIssuer}:aud"]).ShouldBe("${OidcAudience}");
        ((string?)condition["${OidcIssuer}:sub"]).ShouldBe($"${{{subject}}}");
        ((string?)trust[2]!["Statement"]!.AsArray().ShouldHaveSingleItem()!["Principal"]!["AWS"]!["Ref"]).ShouldBe("WorkloadPrincipalArn");
        OfType("AWS::IAM::OIDCProvider").ShouldHaveSingleItem().Key.ShouldBe("OidcProvider");
    }

    [Fact]
    public void Objects_tier_at_once_and_go_to_glacier_after_30_days() =>
        Resources["Bucket"]!["Properties"]!["LifecycleConfiguration"]!["Rules"]![0]!["Transitions"]!.AsArray()
            .Select(t => $"{t!["StorageClass"]} {t["TransitionInDays"]}").ShouldBe(["INTELLIGENT_TIERING 0", "GLACIER 30"]);

    [Fact]
    public void Reads_and_writes_of_objects_are_audited_and_subnets_are_private()
    {
        ((string?)OfType("AWS::CloudTrail::Trail").Single().Value["Properties"]!["EventSelectors"]![0]!["ReadWriteType"]).ShouldBe("All");
        OfType("AWS::EC2::Subnet").ShouldAllBe(s => !(bool)s.Value["Properties"]!["MapPublicIpOnLaunch"]!);
        OfType("AWS::EC2::VPCEndpoint").Count.ShouldBe(1);
        OfType("AWS::EC2::InternetGateway").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("AccelerateConfiguration", "HasAcceleration")]
    [InlineData("ReplicationConfiguration", "HasReplica")]
    public void An_option_of_the_bucket_is_off_until_it_is_asked_for(string property, string condition)
    {
        var choice = Resources["Bucket"]!["Properties"]![property]!["Fn::If"]!.AsArray();
        ((string?)choice[0]).ShouldBe(condition);
        ((string?)choice[2]!["Ref"]).ShouldBe("AWS::NoValue");
    }

    [Fact]
    public void New_objects_are_told_to_Snowpipe_or_to_a_queue_or_to_nobody()
    {
        var text = Resources["Bucket"]!["Properties"]!["NotificationConfiguration"]!.ToJsonString();
        text.ShouldContain("HasSnowpipe");
        text.ShouldContain("HasQueue");
        text.ShouldContain("SnowpipeQueueArn");
        text.ShouldContain("s3:ObjectCreated:*");
        ((string?)Resources["Queue"]!["Condition"]).ShouldBe("HasQueue");
        File.ReadAllText(Path.Combine(TestEnvironment.RepositoryRoot, "infra", "README.md")).ShouldContain("CloudFormation rather than Terraform");
    }

    private static List<KeyValuePair<string, JsonNode>> OfType(string type) => [.. Resources.Where(r => (string?)r.Value!["Type"] == type).Select(r => KeyValuePair.Create(r.Key, r.Value!))];

    private static IEnumerable<JsonObject> Statements(JsonNode node) => node switch
    {
        JsonObject o => o.SelectMany(p => p.Key == "Statement" ? p.Value!.AsArray().Select(s => s!.AsObject()) : p.Value is null ? [] : Statements(p.Value)),
        JsonArray a => a.Where(i => i is not null).SelectMany(i => Statements(i!)),
        _ => [],
    };

    private static IEnumerable<string> Texts(JsonNode? node) => node is JsonArray many ? many.Select(i => i!.ToString()) : node is null ? [] : [node.ToString()];
}
