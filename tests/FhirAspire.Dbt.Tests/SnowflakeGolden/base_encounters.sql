with changed as (
    select patient_id, batch_no from FHIR.staging.base_patient_versions where batch_no > 0
),

encounters as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource, r.outside_reference
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'Encounter' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, entry_index, resource_id, outside_reference, 
        get_path(resource, 'period.start')::varchar as started, get_path(resource, 'period.end')::varchar as ended, get_path(resource, 'class.code')::varchar as class_code, get_path(resource, 'type[0].coding[0].code')::varchar as code, get_path(resource, 'type[0].coding[0].display')::varchar as display, get_path(resource, 'type[0].text')::varchar as type_text, get_path(resource, 'reasonCode[0].coding[0].code')::varchar as reasoncode, get_path(resource, 'reasonCode[0].coding[0].display')::varchar as reason_display, get_path(resource, 'reasonCode[0].text')::varchar as reason_text, get_path(resource, 'serviceProvider.reference')::varchar as organization, get_path(resource, 'serviceProvider.identifier.value')::varchar as organization_logical, get_path(resource, 'serviceProvider.display')::varchar as organization_name, get_path(resource, 'participant[0].individual.identifier.value')::varchar as practitioner_logical, get_path(resource, 'participant[0].individual.display')::varchar as practitioner_name
    from encounters as documents
),

patients as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'Patient' and f.is_current = 1 and d.file_key is null
),

addresses as (
    select
        patient_id, 
        get_path(resource, 'address[0].state')::varchar as state
    from patients as documents
),

state_of_patient as (
    select patient_id, max(state) as state from addresses group by patient_id
),

claims as (
    select c.*
    from FHIR.staging.base_claims as c
    inner join changed on changed.patient_id = c.patient_id
    where c.is_pharmacy = 0 and c.is_first = 1 and c.encounter_id is not null
),

outpatient as (
    select type_code, type_text, reason_rule, reason_code from FHIR.staging.outpatient_encounters
),

joined as (
    select
        fields.*,
        coalesce(fields.display, fields.type_text) as description,
        coalesce(fields.reason_display, fields.reason_text) as reasondescription,
        claims.claim_id,
        claims.payer_name,
        claims.total,
        claims.service_place,
        claims.payment_amount,
        state_of_patient.state
    from fields
    left join claims on claims.patient_id = fields.patient_id and claims.encounter_id = fields.resource_id
    left join state_of_patient on state_of_patient.patient_id = fields.patient_id
)

select
    resource_id as encounter_id,
    patient_id,
    date_trunc('second', cast(convert_timezone('UTC', try_cast(started as timestamp_tz)) as timestamp_ntz)) as started_at,
    date_trunc('second', cast(convert_timezone('UTC', try_cast(ended as timestamp_tz)) as timestamp_ntz)) as ended_at,
    substr(started, 1, 10) as started_on,
    case class_code
        when 'EMER' then 'emergency'
        when 'VR' then 'virtual'
        when 'IMP' then case when code = '449411000124106' then 'snf' else 'inpatient' end
        when 'ACUTE' then 'inpatient'
        when 'NONAC' then 'inpatient'
        when 'HH' then case when code = '305336008' then 'hospice' else 'home' end
        when 'AMB' then case
            when service_place = '20' then 'urgentcare'
            when service_place = '19' then 'wellness'
            when exists (
                select 1 from outpatient
                where outpatient.type_code = joined.code
                    and (outpatient.type_text is null or outpatient.type_text = joined.description)
                    and (
                        outpatient.reason_rule = 'any'
                        or (outpatient.reason_rule = 'none' and joined.reasoncode is null)
                        or outpatient.reason_code = joined.reasoncode
                    )
            ) then 'outpatient'
            else 'ambulatory'
        end
    end as encounterclass,
    class_code,
    code,
    description,
    reasoncode,
    reasondescription,
    coalesce(case
        when organization like 'urn:uuid:%' then substr(organization, 10)
        when position('|' in organization) > 0 then nullif(split_part(organization, '|', -1), '')
        else nullif(split_part(split_part(organization, '/_history/', 1), '/', -1), '')
    end, organization_logical) as organization_id,
    organization_name,
    case when outside_reference like '%|%' or outside_reference is null then coalesce(case
        when outside_reference like 'urn:uuid:%' then substr(outside_reference, 10)
        when position('|' in outside_reference) > 0 then nullif(split_part(outside_reference, '|', -1), '')
        else nullif(split_part(split_part(outside_reference, '/_history/', 1), '/', -1), '')
    end, practitioner_logical) end as npi,
    case when outside_reference not like '%|%' then case
        when outside_reference like 'urn:uuid:%' then substr(outside_reference, 10)
        when position('|' in outside_reference) > 0 then nullif(split_part(outside_reference, '|', -1), '')
        else nullif(split_part(split_part(outside_reference, '/_history/', 1), '/', -1), '')
    end end as practitioner_id,
    practitioner_name,
    claim_id,
    payer_name,
    total,
    payment_amount,
    state,
    file_key,
    entry_index,
    batch_no
from joined
