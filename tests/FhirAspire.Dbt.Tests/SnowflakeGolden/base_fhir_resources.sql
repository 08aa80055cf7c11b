with exploded as (
    select
        b.file_key, b.etag,
        cast(coalesce(b.s3_last_modified, b.loaded_at) as timestamp_ntz) as s3_last_modified,
        e.index as entry_index,
        true as is_bundle,
        get_path(e.value, 'fullUrl')::varchar as full_url,
        get_path(e.value, 'resource') as resource
    from FHIR.raw.fhir_bundles as b, lateral flatten(input => get_path(b.bundle_data, 'entry')) as e
    where get_path(b.bundle_data, 'resourceType')::varchar = 'Bundle'
        and b.file_key in (select file_key from FHIR.staging.base_fhir_files where batch_no > 0)
    union all
    select
        b.file_key, b.etag,
        cast(coalesce(b.s3_last_modified, b.loaded_at) as timestamp_ntz) as s3_last_modified,
        0 as entry_index,
        false as is_bundle,
        cast(null as varchar) as full_url,
        b.bundle_data as resource
    from FHIR.raw.fhir_bundles as b
    where coalesce(get_path(b.bundle_data, 'resourceType')::varchar, '') <> 'Bundle'
        and b.file_key in (select file_key from FHIR.staging.base_fhir_files where batch_no > 0)
),

headed as (
    select
        file_key, etag, s3_last_modified, entry_index, is_bundle, full_url, resource, 
        get_path(resource, 'resourceType')::varchar as resource_type, get_path(resource, 'id')::varchar as declared_id, get_path(resource, 'subject.reference')::varchar as subject, get_path(resource, 'patient.reference')::varchar as patient, get_path(resource, 'beneficiary.reference')::varchar as beneficiary, get_path(resource, 'target[0].reference')::varchar as first_target, get_path(resource, 'participant[0].individual.reference')::varchar as practitioner, get_path(resource, 'medicationReference.reference')::varchar as medication, get_path(resource, 'claim.reference')::varchar as claim, get_path(resource, 'item[0].locationCodeableConcept.coding[0].code')::varchar as place, get_path(resource, 'payment.amount.value')::varchar as payment, get_path(resource, 'recorded')::varchar as recorded
    from exploded as documents
),

-- A file that came again without a resource has to replace its rows as well: a row without a type stands for it.
empty as (
    select file_key, etag, s3_last_modified from FHIR.staging.base_fhir_files where batch_no > 0 and record_count = 0
)

select
    file_key,
    etag,
    s3_last_modified,
    -- a line of an NDJSON file has its line number as its place
    cast(case when not is_bundle and file_key like '%#%' then coalesce(try_cast(split_part(file_key, '#', -1) as bigint), 0) else entry_index end as integer) as entry_index,
    is_bundle,
    resource_type,
    -- references inside a bundle are to its full URLs, so an entry's urn:uuid comes before the id it declares
    coalesce(
        case when full_url like 'urn:uuid:%' then substr(full_url, 10) end,
        declared_id,
        case
        when full_url like 'urn:uuid:%' then substr(full_url, 10)
        when position('|' in full_url) > 0 then nullif(split_part(full_url, '|', -1), '')
        else nullif(split_part(split_part(full_url, '/_history/', 1), '/', -1), '')
    end,
        file_key || '#' || cast(entry_index as varchar)
    ) as resource_id,
    full_url,
    case resource_type
        when 'Patient' then coalesce(case when full_url like 'urn:uuid:%' then substr(full_url, 10) end, declared_id, case
        when full_url like 'urn:uuid:%' then substr(full_url, 10)
        when position('|' in full_url) > 0 then nullif(split_part(full_url, '|', -1), '')
        else nullif(split_part(split_part(full_url, '/_history/', 1), '/', -1), '')
    end)
        when 'Provenance' then case
        when first_target like 'urn:uuid:%' then substr(first_target, 10)
        when position('|' in first_target) > 0 then nullif(split_part(first_target, '|', -1), '')
        else nullif(split_part(split_part(first_target, '/_history/', 1), '/', -1), '')
    end
        else case
        when coalesce(subject, patient, beneficiary) like 'urn:uuid:%' then substr(coalesce(subject, patient, beneficiary), 10)
        when position('|' in coalesce(subject, patient, beneficiary)) > 0 then nullif(split_part(coalesce(subject, patient, beneficiary), '|', -1), '')
        else nullif(split_part(split_part(coalesce(subject, patient, beneficiary), '/_history/', 1), '/', -1), '')
    end
    end as patient_id,
    case resource_type when 'Encounter' then practitioner when 'MedicationRequest' then medication end as outside_reference,
    case when resource_type = 'ExplanationOfBenefit' then case
        when claim like 'urn:uuid:%' then substr(claim, 10)
        when position('|' in claim) > 0 then nullif(split_part(claim, '|', -1), '')
        else nullif(split_part(split_part(claim, '/_history/', 1), '/', -1), '')
    end end as claim_id,
    case when resource_type = 'ExplanationOfBenefit' then place end as service_place,
    case when resource_type = 'ExplanationOfBenefit' then cast(try_cast(payment as double) as decimal(18, 2)) end as payment_amount,
    case when resource_type = 'Provenance' then date_trunc('second', cast(convert_timezone('UTC', try_cast(recorded as timestamp_tz)) as timestamp_ntz)) end as recorded_at,
    case
        when resource_type not in ('ExplanationOfBenefit', 'Provenance', 'DocumentReference', 'DiagnosticReport', 'MedicationAdministration') then resource
    end as resource,
    (select max(batch_no) from FHIR.staging.base_fhir_files) as batch_no
from headed
where resource_type is not null or entry_index = 0
union all
select
    file_key, etag, s3_last_modified, 0, true, null, null, null, null, null, null, null, null, null, null, (select max(batch_no) from FHIR.staging.base_fhir_files)
from empty
order by resource_type, file_key, entry_index
