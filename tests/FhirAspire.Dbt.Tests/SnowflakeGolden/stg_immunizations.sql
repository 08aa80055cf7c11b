with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

immunizations as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'Immunization' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, resource_id, 
        get_path(resource, 'occurrenceDateTime')::varchar as occurred, get_path(resource, 'encounter.reference')::varchar as encounter, get_path(resource, 'vaccineCode.coding[0].code')::varchar as code, get_path(resource, 'vaccineCode.coding[0].display')::varchar as display, get_path(resource, 'vaccineCode.text')::varchar as code_text
    from immunizations as documents
),

lines as (
    select i.patient_id, i.information_id as target_id, max(i.net) as net
    from FHIR.staging.base_claim_items as i
    inner join changed on changed.patient_id = i.patient_id
    where i.information_id is not null
    group by i.patient_id, i.information_id
)

select
    date_trunc('second', cast(convert_timezone('UTC', try_cast(fields.occurred as timestamp_tz)) as timestamp_ntz)) as date,
    fields.patient_id as patient,
    case
        when fields.encounter like 'urn:uuid:%' then substr(fields.encounter, 10)
        when position('|' in fields.encounter) > 0 then nullif(split_part(fields.encounter, '|', -1), '')
        else nullif(split_part(split_part(fields.encounter, '/_history/', 1), '/', -1), '')
    end as encounter,
    fields.code,
    coalesce(fields.display, fields.code_text) as description,
    lines.net as base_cost,
    fields.resource_id as id,
    fields.file_key,
    fields.batch_no
from fields
left join lines on lines.patient_id = fields.patient_id and lines.target_id = fields.resource_id
