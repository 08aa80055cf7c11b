with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

procedures as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'Procedure' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, resource_id, 
        get_path(resource, 'performedPeriod.start')::varchar as started, get_path(resource, 'performedPeriod.end')::varchar as ended, get_path(resource, 'performedDateTime')::varchar as performed, get_path(resource, 'encounter.reference')::varchar as encounter, get_path(resource, 'code.coding[0].system')::varchar as system, get_path(resource, 'code.coding[0].code')::varchar as code, get_path(resource, 'code.coding[0].display')::varchar as display, get_path(resource, 'code.text')::varchar as code_text, get_path(resource, 'reasonReference[0].reference')::varchar as reason, get_path(resource, 'reasonReference[0].display')::varchar as reason_display, get_path(resource, 'reasonCode[0].coding[0].code')::varchar as reason_code, get_path(resource, 'reasonCode[0].coding[0].display')::varchar as reason_code_display
    from procedures as documents
),

lines as (
    select i.patient_id, i.procedure_id as target_id, max(i.net) as net
    from FHIR.staging.base_claim_items as i
    inner join changed on changed.patient_id = i.patient_id
    where i.procedure_id is not null
    group by i.patient_id, i.procedure_id
),

reasons as (
    select c.patient, c.id, max(c.code) as code, max(c.description) as description
    from FHIR.staging.stg_conditions as c
    inner join changed on changed.patient_id = c.patient
    group by c.patient, c.id
)

select
    date_trunc('second', cast(convert_timezone('UTC', try_cast(coalesce(fields.started, fields.performed) as timestamp_tz)) as timestamp_ntz)) as start,
    date_trunc('second', cast(convert_timezone('UTC', try_cast(coalesce(fields.ended, case when fields.started is null then fields.performed end) as timestamp_tz)) as timestamp_ntz)) as stop,
    fields.patient_id as patient,
    case
        when fields.encounter like 'urn:uuid:%' then substr(fields.encounter, 10)
        when position('|' in fields.encounter) > 0 then nullif(split_part(fields.encounter, '|', -1), '')
        else nullif(split_part(split_part(fields.encounter, '/_history/', 1), '/', -1), '')
    end as encounter,
    fields.system,
    fields.code,
    coalesce(fields.display, fields.code_text) as description,
    lines.net as base_cost,
    coalesce(reasons.code, fields.reason_code) as reasoncode,
    coalesce(fields.reason_display, reasons.description, fields.reason_code_display) as reasondescription,
    fields.resource_id as id,
    case
        when fields.reason like 'urn:uuid:%' then substr(fields.reason, 10)
        when position('|' in fields.reason) > 0 then nullif(split_part(fields.reason, '|', -1), '')
        else nullif(split_part(split_part(fields.reason, '/_history/', 1), '/', -1), '')
    end as reason_condition_id,
    fields.file_key,
    fields.batch_no
from fields
left join lines on lines.patient_id = fields.patient_id and lines.target_id = fields.resource_id
left join reasons on reasons.patient = fields.patient_id and reasons.id = case
        when fields.reason like 'urn:uuid:%' then substr(fields.reason, 10)
        when position('|' in fields.reason) > 0 then nullif(split_part(fields.reason, '|', -1), '')
        else nullif(split_part(split_part(fields.reason, '/_history/', 1), '/', -1), '')
    end
