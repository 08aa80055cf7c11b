using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>Finds the operation of a request by its method and sub-resource.</summary>
internal sealed class Dispatcher(Store store, AccountTable accounts, LocalS3Options options)
{
    private readonly BucketOperations buckets = new(store, accounts, options);
    private readonly SettingOperations settings = new(store, accounts);
    private readonly ListOperations lists = new(store, accounts);
    private readonly ReadOperations reads = new(store);
    private readonly WriteOperations writes = new(store);
    private readonly CopyOperations copies = new(store);
    private readonly MultipartOperations multipart = new(store, accounts);
    private readonly ObjectSettingOperations objects = new(store, accounts);

    public Task RunAsync(S3Request request)
    {
        if (request.Bucket is null)
        {
            return request.Method == "GET" ? buckets.ListAsync(request) : throw S3Errors.MethodNotAllowed(request.Method);
        }

        if (request.Key is null && request.Method == "PUT" && !SettingOperations.Handles(request))
        {
            return buckets.CreateAsync(request);
        }

        var bucket = store.GetBucket(request.Bucket);
        Access.Check(request, bucket);
        return request.Key is null ? OnBucket(request, bucket) : OnObject(request, bucket);
    }

    private Task OnBucket(S3Request request, Bucket bucket)
    {
        var query = request.Query;
        if (SettingOperations.Handles(request))
        {
            return settings.RunAsync(request, bucket);
        }

        return request.Method switch
        {
            "HEAD" => buckets.HeadAsync(request, bucket),
            "DELETE" => buckets.DeleteAsync(request),
            "GET" when query.Has("versions") => lists.VersionsAsync(request, bucket),
            "GET" when query.Has("uploads") => multipart.ListUploadsAsync(request, bucket),
            "GET" when query["list-type"] == "2" => lists.ObjectsV2Async(request, bucket),
            "GET" => lists.ObjectsAsync(request, bucket),
            "POST" when query.Has("delete") => writes.DeleteManyAsync(request, bucket),
            "POST" when request.Header("Content-Type")?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true => throw S3Errors.NotImplemented("browser uploads by POST"),
            _ => throw S3Errors.MethodNotAllowed(request.Method),
        };
    }

    private Task OnObject(S3Request request, Bucket bucket)
    {
        var query = request.Query;
        if (ObjectSettingOperations.Handles(request))
        {
            return objects.RunAsync(request, bucket);
        }

        var copy = request.Header("x-amz-copy-source") is not null;
        return request.Method switch
        {
            "HEAD" or "GET" when query.Has("attributes") => reads.AttributesAsync(request, bucket),
            "GET" when query.Has("uploadId") => multipart.ListPartsAsync(request, bucket),
            "GET" or "HEAD" => reads.GetAsync(request, bucket),
            "PUT" when query.Has("uploadId") || query.Has("partNumber") => copy ? copies.PartAsync(request, bucket) : multipart.PutPartAsync(request, bucket),
            "PUT" => copy ? copies.ObjectAsync(request, bucket) : writes.PutAsync(request, bucket),
            "DELETE" when query.Has("uploadId") => multipart.AbortAsync(request, bucket),
            "DELETE" => writes.DeleteAsync(request, bucket),
            "POST" when query.Has("uploads") => multipart.CreateAsync(request, bucket),
            "POST" when query.Has("uploadId") => multipart.CompleteAsync(request, bucket),
            "POST" when query.Has("select") => throw S3Errors.NotImplemented("SelectObjectContent"),
            _ => throw S3Errors.MethodNotAllowed(request.Method),
        };
    }
}
