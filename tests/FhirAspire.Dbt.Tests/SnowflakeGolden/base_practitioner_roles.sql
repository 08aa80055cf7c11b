with roles as (
    select file_key, s3_last_modified, entry_index, batch_no, resource
    from FHIR.staging.base_fhir_resources
    where resource_type = 'PractitionerRole' and batch_no > 0
),

fields as (
    select
        file_key, s3_last_modified, entry_index, batch_no, 
        get_path(resource, 'practitioner.identifier.value')::varchar as npi, get_path(resource, 'practitioner.reference')::varchar as practitioner, get_path(resource, 'organization.identifier.value')::varchar as organization_logical, get_path(resource, 'organization.reference')::varchar as organization, get_path(resource, 'specialty[0].coding[0].code')::varchar as specialty_code, get_path(resource, 'specialty[0].coding[0].display')::varchar as specialty
    from roles as documents
)

select
    file_key,
    regexp_replace(file_key, '/[^/]*$', '') as folder,
    s3_last_modified,
    entry_index,
    npi,
    case
        when practitioner like 'urn:uuid:%' then substr(practitioner, 10)
        when position('|' in practitioner) > 0 then nullif(split_part(practitioner, '|', -1), '')
        else nullif(split_part(split_part(practitioner, '/_history/', 1), '/', -1), '')
    end as practitioner_id,
    coalesce(organization_logical, case
        when organization like 'urn:uuid:%' then substr(organization, 10)
        when position('|' in organization) > 0 then nullif(split_part(organization, '|', -1), '')
        else nullif(split_part(split_part(organization, '/_history/', 1), '/', -1), '')
    end) as organization_id,
    specialty_code,
    specialty,
    batch_no
from fields
