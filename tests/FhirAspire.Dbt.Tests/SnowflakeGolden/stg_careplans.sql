with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

careplans as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'CarePlan' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, resource_id, 
        get_path(resource, 'period.start')::varchar as started, get_path(resource, 'period.end')::varchar as ended, get_path(resource, 'encounter.reference')::varchar as encounter, get_path(resource, 'category[0].coding[0].system')::varchar as system0, get_path(resource, 'category[0].coding[0].code')::varchar as code0, get_path(resource, 'category[0].coding[0].display')::varchar as display0, get_path(resource, 'category[0].text')::varchar as text0, get_path(resource, 'category[1].coding[0].system')::varchar as system1, get_path(resource, 'category[1].coding[0].code')::varchar as code1, get_path(resource, 'category[1].coding[0].display')::varchar as display1, get_path(resource, 'category[1].text')::varchar as text1, get_path(resource, 'addresses[0].reference')::varchar as condition, get_path(resource, 'activity[0].detail.reasonCode[0].coding[0].code')::varchar as activity_reason, get_path(resource, 'activity[0].detail.reasonCode[0].coding[0].display')::varchar as activity_reason_display, get_path(resource, 'careTeam[0].reference')::varchar as careteam, get_path(resource, 'status')::varchar as status
    from careplans as documents
),

-- the plan's code is its category of SNOMED, beside US Core's own `assess-plan`
coded as (
    select
        fields.*,
        case
            when system0 = 'http://snomed.info/sct' then 0
            when system1 = 'http://snomed.info/sct' then 1
            when code1 is not null then 1
            else 0
        end as place
    from fields
),

careteams as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'CareTeam' and f.is_current = 1 and d.file_key is null
),

team_fields as (
    select
        patient_id, resource_id, 
        get_path(resource, 'reasonCode[0].coding[0].code')::varchar as reason, get_path(resource, 'reasonCode[0].coding[0].display')::varchar as reason_display
    from careteams as documents
),

conditions as (
    select c.patient, c.id, max(c.code) as code, max(c.description) as description
    from FHIR.staging.stg_conditions as c
    inner join changed on changed.patient_id = c.patient
    group by c.patient, c.id
)

select
    coded.resource_id as id,
    try_cast(substr(coded.started, 1, 10) as date) as start,
    try_cast(substr(coded.ended, 1, 10) as date) as stop,
    coded.patient_id as patient,
    case
        when coded.encounter like 'urn:uuid:%' then substr(coded.encounter, 10)
        when position('|' in coded.encounter) > 0 then nullif(split_part(coded.encounter, '|', -1), '')
        else nullif(split_part(split_part(coded.encounter, '/_history/', 1), '/', -1), '')
    end as encounter,
    case when coded.place = 0 then coded.code0 else coded.code1 end as code,
    case when coded.place = 0 then coalesce(coded.display0, coded.text0) else coalesce(coded.display1, coded.text1) end as description,
    coalesce(conditions.code, coded.activity_reason, team_fields.reason) as reasoncode,
    coalesce(conditions.description, coded.activity_reason_display, team_fields.reason_display) as reasondescription,
    coded.status,
    coded.file_key,
    coded.batch_no
from coded
left join conditions on conditions.patient = coded.patient_id and conditions.id = case
        when coded.condition like 'urn:uuid:%' then substr(coded.condition, 10)
        when position('|' in coded.condition) > 0 then nullif(split_part(coded.condition, '|', -1), '')
        else nullif(split_part(split_part(coded.condition, '/_history/', 1), '/', -1), '')
    end
left join team_fields on team_fields.patient_id = coded.patient_id and team_fields.resource_id = case
        when coded.careteam like 'urn:uuid:%' then substr(coded.careteam, 10)
        when position('|' in coded.careteam) > 0 then nullif(split_part(coded.careteam, '|', -1), '')
        else nullif(split_part(split_part(coded.careteam, '/_history/', 1), '/', -1), '')
    end
