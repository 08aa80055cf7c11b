using System.Text;
using System.Xml.Linq;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Lifecycle;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>The sub-resources of buckets: what is kept, what has one fixed answer, and a clear refusal of what is out of scope.</summary>
internal sealed class SettingOperations(Store store, AccountTable accounts)
{
    private static readonly Dictionary<string, Kept> Documents = new(StringComparer.Ordinal)
    {
        ["tagging"] = new("Tagging", 204, () => new S3Exception(404, "NoSuchTagSet", "The TagSet does not exist"), root => Tags.OfXml(Encoding.UTF8.GetBytes(root.ToString()), Tags.BucketLimit)),
        [LifecycleRules.Setting] = new(
            "LifecycleConfiguration", 200, () => new S3Exception(404, "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"), root => LifecycleRules.Validate(root)),
        [Cors.Setting] = new("CORSConfiguration", 200, () => new S3Exception(404, "NoSuchCORSConfiguration", "The CORS configuration does not exist"), SettingDocuments.CheckCors),
        ["publicAccessBlock"] = new(
            "PublicAccessBlockConfiguration", 200, () => new S3Exception(404, "NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"), SettingDocuments.CheckNothing),
        ["ownershipControls"] = new(
            "OwnershipControls", 200, () => new S3Exception(404, "OwnershipControlsNotFoundError", "The bucket ownership controls were not found"), SettingDocuments.CheckOwnership),
        ["encryption"] = new(
            "ServerSideEncryptionConfiguration", 200, () => new S3Exception(404, "ServerSideEncryptionConfigurationNotFoundError", "The server side encryption configuration was not found"),
            SettingDocuments.CheckEncryption),
    };

    // What a bucket that has none of it answers.
    private static readonly Dictionary<string, Func<S3Request, Task>> Absent = new(StringComparer.Ordinal)
    {
        ["policy"] = _ => throw new S3Exception(404, "NoSuchBucketPolicy", "The bucket policy does not exist"),
        ["website"] = _ => throw new S3Exception(404, "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"),
        ["object-lock"] = _ => throw new S3Exception(404, "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"),
        ["replication"] = _ => throw new S3Exception(404, "ReplicationConfigurationNotFoundError", "The replication configuration was not found"),
        ["logging"] = request => Reply.XmlAsync(request, new XmlText("BucketLoggingStatus")),
        ["notification"] = request => Reply.XmlAsync(request, new XmlText("NotificationConfiguration")),
        ["accelerate"] = request => Reply.XmlAsync(request, new XmlText("AccelerateConfiguration")),
        ["requestPayment"] = request => Reply.XmlAsync(request, new XmlText("RequestPaymentConfiguration").Element("Payer", "BucketOwner")),
        ["policyStatus"] = request => Reply.XmlAsync(request, new XmlText("PolicyStatus").Element("IsPublic", false)),
    };

    private static readonly string[] Refused = ["analytics", "inventory", "metrics", "intelligent-tiering", "session", "metadataTable", "metadataConfiguration", "abac"];

    public static bool Handles(S3Request request) =>
        request.Query.Parameters.Any(parameter => parameter.Key is "versioning" or "location" or "acl" || Documents.ContainsKey(parameter.Key) || Absent.ContainsKey(parameter.Key) || Refused.Contains(parameter.Key, StringComparer.Ordinal));

    public static string OwnershipDocument(string ownership) => ownership is "BucketOwnerEnforced" or "BucketOwnerPreferred" or "ObjectWriter"
        ? $"<OwnershipControls xmlns=\"{XmlText.Namespace}\"><Rule><ObjectOwnership>{ownership}</ObjectOwnership></Rule></OwnershipControls>"
        : throw S3Errors.InvalidArgument("Invalid x-amz-object-ownership header", "x-amz-object-ownership", ownership);

    public Task RunAsync(S3Request request, Bucket bucket)
    {
        foreach (var (name, _) in request.Query.Parameters)
        {
            if (Documents.TryGetValue(name, out var kept))
            {
                return OnDocumentAsync(request, bucket, name, kept);
            }

            if (Absent.TryGetValue(name, out var absent))
            {
                return request.Method is "GET" or "HEAD" ? absent(request) : throw S3Errors.NotImplemented($"{request.Method} ?{name}");
            }

            switch (name, request.Method)
            {
                case ("versioning", "GET"):
                    return Reply.XmlAsync(request, new XmlText("VersioningConfiguration").Element("Status", bucket.Versioning == Versioning.Never ? null : bucket.Versioning.ToString()));
                case ("versioning", "PUT"):
                    return PutVersioningAsync(request, bucket);
                case ("location", "GET"):
                    var xml = new XmlText("LocationConstraint");
                    return Reply.XmlAsync(request, bucket.Region == "us-east-1" ? xml : xml.Raw(System.Security.SecurityElement.Escape(bucket.Region)));
                case ("acl", "GET"):
                    return Reply.XmlAsync(request, Acl.Document(bucket.Owner, accounts.NameOf(bucket.Owner)));
                case ("acl", "PUT"):
                    return PutAclAsync(request, bucket);
                default:
                    break;
            }

            if (Refused.Contains(name, StringComparer.Ordinal))
            {
                throw S3Errors.NotImplemented($"{request.Method} ?{name}");
            }
        }

        throw S3Errors.MethodNotAllowed(request.Method);
    }

    private async Task OnDocumentAsync(S3Request request, Bucket bucket, string name, Kept kept)
    {
        switch (request.Method)
        {
            case "GET":
                var document = bucket.Settings.GetValueOrDefault(name) ?? throw kept.Missing();
                await Reply.XmlAsync(request.Http, Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + document), 200).ConfigureAwait(false);
                break;
            case "PUT":
                var root = XmlDocuments.Parse(await Reply.BodyAsync(request).ConfigureAwait(false), kept.Root);
                kept.Check(root);
                if (name == LifecycleRules.Setting)
                {
                    root = LifecycleRules.WithIds(root);
                }

                await store.SetSettingAsync(bucket.Name, name, SettingDocuments.Qualified(root).ToString(SaveOptions.DisableFormatting)).ConfigureAwait(false);
                await Reply.EmptyAsync(request, kept.PutStatus).ConfigureAwait(false);
                break;
            case "DELETE":
                await store.SetSettingAsync(bucket.Name, name, null).ConfigureAwait(false);
                await Reply.EmptyAsync(request, 204).ConfigureAwait(false);
                break;
            default:
                throw S3Errors.MethodNotAllowed(request.Method);
        }
    }

    private async Task PutVersioningAsync(S3Request request, Bucket bucket)
    {
        var root = XmlDocuments.Parse(await Reply.BodyAsync(request).ConfigureAwait(false), "VersioningConfiguration");
        // MfaDelete is accepted and means nothing here.
        var versioning = root.Text("Status") switch
        {
            "Enabled" => Versioning.Enabled,
            "Suspended" => Versioning.Suspended,
            var other => throw new S3Exception(400, "IllegalVersioningConfigurationException", $"The versioning configuration's Status is '{other}', expected Enabled or Suspended"),
        };
        await store.SetVersioningAsync(bucket.Name, versioning).ConfigureAwait(false);
        await Reply.EmptyAsync(request).ConfigureAwait(false);
    }

    private static async Task PutAclAsync(S3Request request, Bucket bucket)
    {
        Acl.RequirePrivate(request, await Reply.BodyAsync(request).ConfigureAwait(false), bucket.Owner);
        await Reply.EmptyAsync(request).ConfigureAwait(false);
    }

    private sealed record Kept(string Root, int PutStatus, Func<S3Exception> Missing, Action<XElement> Check);
}
