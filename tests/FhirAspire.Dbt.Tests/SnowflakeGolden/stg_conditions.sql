with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

conditions as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'Condition' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, entry_index, resource_id, 
        get_path(resource, 'onsetDateTime')::varchar as onset, get_path(resource, 'onsetPeriod.start')::varchar as onset_start, get_path(resource, 'abatementDateTime')::varchar as abatement, get_path(resource, 'abatementPeriod.end')::varchar as abatement_end, get_path(resource, 'encounter.reference')::varchar as encounter, get_path(resource, 'code.coding[0].system')::varchar as system, get_path(resource, 'code.coding[0].code')::varchar as code, get_path(resource, 'code.coding[0].display')::varchar as display, get_path(resource, 'code.text')::varchar as code_text, get_path(resource, 'clinicalStatus.coding[0].code')::varchar as clinical_status
    from conditions as documents
)

select
    try_cast(substr(coalesce(onset, onset_start), 1, 10) as date) as start,
    try_cast(substr(coalesce(abatement, abatement_end), 1, 10) as date) as stop,
    patient_id as patient,
    case
        when encounter like 'urn:uuid:%' then substr(encounter, 10)
        when position('|' in encounter) > 0 then nullif(split_part(encounter, '|', -1), '')
        else nullif(split_part(split_part(encounter, '/_history/', 1), '/', -1), '')
    end as encounter,
    system,
    code,
    coalesce(display, code_text) as description,
    resource_id as id,
    date_trunc('second', cast(convert_timezone('UTC', try_cast(coalesce(onset, onset_start) as timestamp_tz)) as timestamp_ntz)) as onset_at,
    date_trunc('second', cast(convert_timezone('UTC', try_cast(coalesce(abatement, abatement_end) as timestamp_tz)) as timestamp_ntz)) as abated_at,
    clinical_status,
    entry_index,
    file_key,
    batch_no
from fields
