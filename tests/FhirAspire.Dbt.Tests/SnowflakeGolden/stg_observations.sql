with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

observations as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'Observation' and f.is_current = 1 and d.file_key is null
),






fields as (
    select
        patient_id, batch_no, file_key, resource_id, resource, 
        get_path(resource, 'effectiveDateTime')::varchar as effective, get_path(resource, 'effectivePeriod.start')::varchar as effective_start, get_path(resource, 'encounter.reference')::varchar as encounter, get_path(resource, 'category[0].coding[0].code')::varchar as category, get_path(resource, 'component[0].code')::varchar as first_component, get_path(resource, 'code.coding[0].code')::varchar as code, get_path(resource, 'code.coding[0].display')::varchar as display, get_path(resource, 'code.text')::varchar as code_text, get_path(resource, 'valueQuantity.value')::varchar as quantity, get_path(resource, 'valueQuantity.unit')::varchar as unit, get_path(resource, 'valueCodeableConcept.coding[0].display')::varchar as concept, get_path(resource, 'valueCodeableConcept.text')::varchar as concept_text, get_path(resource, 'valueString')::varchar as string, get_path(resource, 'valueSampledData.data')::varchar as sampled, get_path(resource, 'valueInteger')::varchar as whole, get_path(resource, 'valueBoolean')::varchar as flag, get_path(resource, 'valueDateTime')::varchar as moment
    from observations as documents
),

single as (
    select
        effective, effective_start, patient_id, encounter, category, code, display, code_text,
        coalesce(quantity, concept, concept_text, string, sampled, whole, flag, moment) as value, unit, quantity, resource_id, 0 as component, file_key, batch_no
    from fields
    where coalesce(quantity, concept, concept_text, string, sampled, whole, flag, moment) is not null or first_component is null
),

panels as (
    select * from fields where coalesce(quantity, concept, concept_text, string, sampled, whole, flag, moment) is null and first_component is not null
),

component_elements as (
    select
        documents.effective, documents.effective_start, documents.patient_id, documents.encounter, documents.category, documents.resource_id, documents.file_key, documents.batch_no, 
        elements.value as element,
        elements.index as element_index
    from panels as documents, lateral flatten(input => get_path(documents.resource, 'component')) as elements
),

component_fields as (
    select
        effective, effective_start, patient_id, encounter, category, resource_id, element_index, file_key, batch_no, 
        get_path(element, 'code.coding[0].code')::varchar as code, get_path(element, 'code.coding[0].display')::varchar as display, get_path(element, 'code.text')::varchar as code_text, get_path(element, 'valueQuantity.value')::varchar as quantity, get_path(element, 'valueQuantity.unit')::varchar as unit, get_path(element, 'valueCodeableConcept.coding[0].display')::varchar as concept, get_path(element, 'valueCodeableConcept.text')::varchar as concept_text, get_path(element, 'valueString')::varchar as string, get_path(element, 'valueSampledData.data')::varchar as sampled, get_path(element, 'valueInteger')::varchar as whole, get_path(element, 'valueBoolean')::varchar as flag, get_path(element, 'valueDateTime')::varchar as moment
    from component_elements as documents
),

components as (
    select
        effective, effective_start, patient_id, encounter, category, code, display, code_text,
        coalesce(quantity, concept, concept_text, string, sampled, whole, flag, moment) as value, unit, quantity, resource_id, element_index + 1 as component, file_key, batch_no
    from component_fields
),

found as (
    select * from single
    union all
    select * from components
)

select
    date_trunc('second', cast(convert_timezone('UTC', try_cast(coalesce(effective, effective_start) as timestamp_tz)) as timestamp_ntz)) as date,
    patient_id as patient,
    case
        when encounter like 'urn:uuid:%' then substr(encounter, 10)
        when position('|' in encounter) > 0 then nullif(split_part(encounter, '|', -1), '')
        else nullif(split_part(split_part(encounter, '/_history/', 1), '/', -1), '')
    end as encounter,
    category,
    code,
    coalesce(display, code_text) as description,
    value,
    unit as units,
    case when quantity is not null then 'numeric' else 'text' end as type,
    resource_id as id,
    cast(component as integer) as component,
    try_cast(quantity as double) as numeric_value,
    file_key,
    batch_no
from found
