using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace FhirAspire.Dashboard.Hosting;

/// <summary>Scripts and styles, embedded in the assembly, so that every host serves them alike; their address holds their hash.</summary>
public static class Assets
{
    private static readonly Dictionary<string, Asset> All = Load();

    /// <summary>The address of an asset.</summary>
    public static string Url(string name) => All.TryGetValue(name, out var asset) ? $"assets/{asset.Hash}/{name}" : throw new FileNotFoundException($"no asset is named {name}");

    internal static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/assets/{hash}/{name}", (string hash, string name, HttpContext context) =>
        {
            if (!All.TryGetValue(name, out var asset))
            {
                return Results.NotFound();
            }

            context.Response.Headers.CacheControl = hash == asset.Hash ? "public, max-age=31536000, immutable" : "no-cache";
            return Results.Bytes(asset.Content, asset.ContentType);
        }).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet("/favicon.ico", () => Results.Bytes(All["favicon.svg"].Content, "image/svg+xml")).AllowAnonymous().ExcludeFromDescription();
    }

    private static Dictionary<string, Asset> Load()
    {
        const string Prefix = "assets/";
        var types = new FileExtensionContentTypeProvider();
        var assembly = typeof(Assets).Assembly;
        var assets = new Dictionary<string, Asset>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            using var buffer = new MemoryStream();
            stream.CopyTo(buffer);
            var content = buffer.ToArray();
            var name = resource[Prefix.Length..];
            assets[name] = new Asset(content, Convert.ToHexStringLower(SHA256.HashData(content))[..12], types.TryGetContentType(name, out var type) ? type : "application/octet-stream");
        }

        return assets;
    }

    private sealed record Asset(byte[] Content, string Hash, string ContentType);
}
