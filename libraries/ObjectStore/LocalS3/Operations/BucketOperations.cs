using System.Net;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>ListBuckets, CreateBucket, HeadBucket, DeleteBucket.</summary>
internal sealed class BucketOperations(Store store, AccountTable accounts, LocalS3Options options)
{
    public Task ListAsync(S3Request request)
    {
        if (request.Caller.IsAnonymous)
        {
            throw S3Errors.AccessDenied();
        }

        var most = request.Query.Int32("max-buckets", least: 1) ?? int.MaxValue;
        var prefix = request.Query["prefix"] ?? "";
        var after = request.Query["continuation-token"] is { Length: > 0 } token ? ListTokens.Decode(token) : "";
        var region = request.Query["bucket-region"];
        var mine = store.Buckets.Where(bucket => bucket.Owner == request.Caller.Id && bucket.Name.StartsWith(prefix, StringComparison.Ordinal)
            && string.CompareOrdinal(bucket.Name, after) > 0 && (region is null || region == bucket.Region)).ToList();
        var xml = new XmlText("ListAllMyBucketsResult");
        xml.Open("Owner").Element("ID", request.Caller.Id).Element("DisplayName", accounts.NameOf(request.Caller.Id)).Close("Owner").Open("Buckets");
        foreach (var bucket in mine.Take(most))
        {
            xml.Open("Bucket").Element("Name", bucket.Name).Element("CreationDate", Times.Iso(bucket.Created)).Element("BucketRegion", bucket.Region).Close("Bucket");
        }

        xml.Close("Buckets");
        if (mine.Count > most)
        {
            xml.Element("ContinuationToken", ListTokens.Encode(mine[most - 1].Name));
        }

        return Reply.XmlAsync(request, xml.Element("Prefix", prefix.Length == 0 ? null : prefix));
    }

    public async Task CreateAsync(S3Request request)
    {
        if (request.Caller.IsAnonymous)
        {
            throw S3Errors.AccessDenied();
        }

        var name = request.RequiredBucket;
        if (!IsValidName(name))
        {
            throw S3Errors.InvalidBucketName(name);
        }

        Access.RefuseUnsupported(request);
        if (string.Equals(request.Header("x-amz-bucket-object-lock-enabled"), "true", StringComparison.OrdinalIgnoreCase))
        {
            throw S3Errors.NotImplemented("x-amz-bucket-object-lock-enabled");
        }

        var region = options.Region;
        var body = await Reply.BodyAsync(request).ConfigureAwait(false);
        if (body.Length > 0 && XmlDocuments.Parse(body, "CreateBucketConfiguration").Text("LocationConstraint") is { Length: > 0 } constraint)
        {
            region = constraint == "EU" ? "eu-west-1" : constraint;
        }

        var settings = new List<KeyValuePair<string, string>>();
        if (request.Header("x-amz-object-ownership") is { } ownership)
        {
            settings.Add(new("ownershipControls", SettingOperations.OwnershipDocument(ownership)));
        }

        if (!await store.CreateBucketAsync(name, request.Caller.Id, region, settings).ConfigureAwait(false) && region != "us-east-1")
        {
            // us-east-1 alone answers 200 to its owner.
            throw S3Errors.BucketAlreadyOwnedByYou(name);
        }

        request.Header("Location", "/" + name);
        await Reply.EmptyAsync(request).ConfigureAwait(false);
    }

    public Task HeadAsync(S3Request request, Bucket bucket)
    {
        request.Header("x-amz-bucket-region", bucket.Region);
        request.Http.Response.ContentType = "application/xml";
        return Reply.EmptyAsync(request);
    }

    public async Task DeleteAsync(S3Request request)
    {
        await store.DeleteBucketAsync(request.RequiredBucket).ConfigureAwait(false);
        await Reply.EmptyAsync(request, 204).ConfigureAwait(false);
    }

    /// <summary>https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html.</summary>
    private static bool IsValidName(string name) =>
        name.Length is >= 3 and <= 63 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1])
        && !name.Contains("..", StringComparison.Ordinal) && !name.Contains(".-", StringComparison.Ordinal) && !name.Contains("-.", StringComparison.Ordinal)
        && !name.StartsWith("xn--", StringComparison.Ordinal) && !name.StartsWith("sthree-", StringComparison.Ordinal)
        && !name.EndsWith("-s3alias", StringComparison.Ordinal) && !name.EndsWith("--ol-s3", StringComparison.Ordinal)
        && !(name.Count(c => c == '.') == 3 && IPAddress.TryParse(name, out _));
}
