using FhirAspire.Warehouse;

namespace FhirAspire.DbtRunner;

/// <summary>What is in the raw layer and not yet in staging.</summary>
public static class StagingBacklog
{
    /// <summary>Resources of the loaded files that <c>staging.base_fhir_files</c> does not know, or knows with another ETag. Reads no bundle.</summary>
    public static async Task<long> CountAsync(IWarehouse warehouse, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(warehouse);
        await using var session = await warehouse.OpenAsync(cancellationToken);
        var staged = await session.QueryAsync(
            "select count(*) from information_schema.tables where lower(table_schema) = 'staging' and lower(table_name) = 'base_fhir_files'", null, cancellationToken);
        var known = Convert.ToInt64(staged.Rows[0][0]) == 0
            ? ""
            : " where not exists (select 1 from staging.base_fhir_files as f where f.file_key = b.file_key and f.etag = b.etag)";
        var backlog = await session.QueryAsync($"select cast(coalesce(sum(b.record_count), 0) as bigint) from raw.fhir_bundles as b{known}", null, cancellationToken);
        return Convert.ToInt64(backlog.Rows[0][0]);
    }
}
