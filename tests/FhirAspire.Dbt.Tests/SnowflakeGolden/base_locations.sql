with locations as (
    select file_key, s3_last_modified, entry_index, resource_id, batch_no, resource
    from FHIR.staging.base_fhir_resources
    where resource_type = 'Location' and batch_no > 0
),

fields as (
    select
        file_key, s3_last_modified, entry_index, resource_id, batch_no, 
        get_path(resource, 'managingOrganization.identifier.value')::varchar as organization_logical, get_path(resource, 'managingOrganization.reference')::varchar as organization, get_path(resource, 'position.latitude')::varchar as latitude, get_path(resource, 'position.longitude')::varchar as longitude
    from locations as documents
)

select
    file_key,
    s3_last_modified,
    entry_index,
    resource_id as location_id,
    coalesce(organization_logical, case
        when organization like 'urn:uuid:%' then substr(organization, 10)
        when position('|' in organization) > 0 then nullif(split_part(organization, '|', -1), '')
        else nullif(split_part(split_part(organization, '/_history/', 1), '/', -1), '')
    end) as organization_id,
    try_cast(latitude as double) as lat,
    try_cast(longitude as double) as lon,
    batch_no
from fields
