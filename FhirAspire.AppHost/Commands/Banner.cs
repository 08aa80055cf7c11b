using FhirAspire.AppHost.Hosting;
using FhirAspire.ObjectStore;
using FhirAspire.Warehouse;
using Microsoft.Extensions.Options;

namespace FhirAspire.AppHost.Commands;

/// <summary>What a person reads first: where everything is.</summary>
internal static class Banner
{
    public static void Write(WebApplication app, DataDirectory data, string url)
    {
        var store = app.Services.GetRequiredService<IOptions<ObjectStoreOptions>>().Value;
        Console.WriteLine($"""

            FhirAspire is running. Ctrl+C ends it.
              dashboard  {url}
              S3         {store.ServiceUrl ?? "AWS"}, bucket {store.Bucket}
              warehouse  {app.Services.GetRequiredService<IWarehouse>().Location}
              marts      {Path.Combine(data.Marts, "current")} (Parquet, after the first dbt run)

            """);
    }
}
