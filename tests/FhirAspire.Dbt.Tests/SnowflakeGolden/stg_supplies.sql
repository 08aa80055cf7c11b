with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

deliveries as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'SupplyDelivery' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, entry_index, resource_id, 
        get_path(resource, 'occurrenceDateTime')::varchar as occurred, get_path(resource, 'occurrencePeriod.start')::varchar as occurred_from, get_path(resource, 'suppliedItem.itemCodeableConcept.coding[0].code')::varchar as code, get_path(resource, 'suppliedItem.itemCodeableConcept.coding[0].display')::varchar as display, get_path(resource, 'suppliedItem.itemCodeableConcept.text')::varchar as code_text, get_path(resource, 'suppliedItem.quantity.value')::varchar as quantity
    from deliveries as documents
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
                from deliveries
                where is_bundle
            ) as entries
        ) as numbered
        where encounter_number > 0
    ) as found
    where is_encounter = 0
)

select
    try_cast(substr(coalesce(fields.occurred, fields.occurred_from), 1, 10) as date) as date,
    fields.patient_id as patient,
    encounter_before.encounter_id as encounter,
    fields.code,
    coalesce(fields.display, fields.code_text) as description,
    try_cast(fields.quantity as double) as quantity,
    fields.resource_id as id,
    case when encounter_before.encounter_id is not null then 1 else 0 end as is_encounter_inferred,
    fields.file_key,
    fields.batch_no
from fields
left join encounter_before on encounter_before.file_key = fields.file_key and encounter_before.entry_index = fields.entry_index
