with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

allergies as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'AllergyIntolerance' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, entry_index, resource_id, 
        get_path(resource, 'recordedDate')::varchar as recorded, get_path(resource, 'encounter.reference')::varchar as encounter, get_path(resource, 'code.coding[0].system')::varchar as system, get_path(resource, 'code.coding[0].code')::varchar as code, get_path(resource, 'code.coding[0].display')::varchar as display, get_path(resource, 'code.text')::varchar as code_text, get_path(resource, 'type')::varchar as type, get_path(resource, 'category[0]')::varchar as category, get_path(resource, 'clinicalStatus.coding[0].code')::varchar as clinical_status
    from allergies as documents
),

encounter_before as (
    select file_key, entry_index, encounter_id
    from (
        select
            file_key, entry_index, is_encounter,
            max(encounter_id) over (partition by file_key, encounter_number) as encounter_id
        from (
            select
                file_key, entry_index, is_encounter, encounter_id,
                sum(is_encounter) over (partition by file_key order by entry_index, is_encounter rows unbounded preceding) as encounter_number
            from (
                select e.file_key, e.entry_index, 1 as is_encounter, e.encounter_id
                from FHIR.staging.base_encounters as e
                inner join changed on changed.patient_id = e.patient_id
                union all
                select file_key, entry_index, 0 as is_encounter, cast(null as varchar) as encounter_id
                from allergies
                where is_bundle
            ) as entries
        ) as numbered
        where encounter_number > 0
    ) as found
    where is_encounter = 0
),

reaction_elements as (
    select
        documents.resource_id, 
        elements.value as element,
        elements.index as element_index
    from allergies as documents, lateral flatten(input => get_path(documents.resource, 'reaction')) as elements
),

reaction_fields as (
    select
        resource_id, element_index, 
        get_path(element, 'manifestation[0].coding[0].code')::varchar as code, get_path(element, 'manifestation[0].coding[0].display')::varchar as display, get_path(element, 'manifestation[0].text')::varchar as manifestation_text, get_path(element, 'severity')::varchar as severity
    from reaction_elements as documents
),

-- the exporter of the CSV takes the two worst; FHIR has lost some of the severities, so the order is the likeliest
reactions as (
    select
        resource_id, code, coalesce(display, manifestation_text) as description, upper(severity) as severity,
        row_number() over (
            partition by resource_id
            order by case severity when 'severe' then 1 when 'moderate' then 3 when 'mild' then 4 else 2 end, code, element_index
        ) as place
    from reaction_fields
),

worst as (
    select
        resource_id,
        max(case when place = 1 then code end) as reaction1,
        max(case when place = 1 then description end) as description1,
        max(case when place = 1 then severity end) as severity1,
        max(case when place = 2 then code end) as reaction2,
        max(case when place = 2 then description end) as description2,
        max(case when place = 2 then severity end) as severity2
    from reactions
    group by resource_id
)

select
    try_cast(substr(fields.recorded, 1, 10) as date) as start,
    cast(null as date) as stop,
    fields.patient_id as patient,
    coalesce(case
        when fields.encounter like 'urn:uuid:%' then substr(fields.encounter, 10)
        when position('|' in fields.encounter) > 0 then nullif(split_part(fields.encounter, '|', -1), '')
        else nullif(split_part(split_part(fields.encounter, '/_history/', 1), '/', -1), '')
    end, encounter_before.encounter_id) as encounter,
    fields.code,
    fields.system,
    coalesce(fields.display, fields.code_text) as description,
    fields.type,
    fields.category,
    worst.reaction1,
    worst.description1,
    worst.severity1,
    worst.reaction2,
    worst.description2,
    worst.severity2,
    fields.resource_id as id,
    fields.clinical_status,
    case when fields.encounter is null and encounter_before.encounter_id is not null then 1 else 0 end as is_encounter_inferred,
    fields.file_key,
    fields.batch_no
from fields
left join encounter_before on encounter_before.file_key = fields.file_key and encounter_before.entry_index = fields.entry_index
left join worst on worst.resource_id = fields.resource_id
