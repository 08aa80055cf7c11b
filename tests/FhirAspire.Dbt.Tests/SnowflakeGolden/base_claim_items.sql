with changed as (
    select patient_id, batch_no from FHIR.staging.base_patient_versions where batch_no > 0
),

claims as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'Claim' and f.is_current = 1 and d.file_key is null
),

item_elements as (
    select
        documents.patient_id, documents.batch_no, documents.resource_id, 
        elements.value as element,
        elements.index as element_index
    from claims as documents, lateral flatten(input => get_path(documents.resource, 'item')) as elements
),

items as (
    select
        patient_id, batch_no, resource_id, element_index, 
        get_path(element, 'sequence')::varchar as item_sequence, get_path(element, 'procedureSequence[0]')::varchar as procedure_sequence, get_path(element, 'informationSequence[0]')::varchar as information_sequence, get_path(element, 'productOrService.coding[0].code')::varchar as code, get_path(element, 'net.value')::varchar as net
    from item_elements as documents
),

procedure_elements as (
    select
        documents.resource_id, 
        elements.value as element,
        elements.index as element_index
    from claims as documents, lateral flatten(input => get_path(documents.resource, 'procedure')) as elements
),

procedure_fields as (
    select
        resource_id, 
        get_path(element, 'sequence')::varchar as line_sequence, get_path(element, 'procedureReference.reference')::varchar as target
    from procedure_elements as documents
),

procedures as (
    select resource_id, line_sequence, max(case
        when target like 'urn:uuid:%' then substr(target, 10)
        when position('|' in target) > 0 then nullif(split_part(target, '|', -1), '')
        else nullif(split_part(split_part(target, '/_history/', 1), '/', -1), '')
    end) as target_id from procedure_fields group by resource_id, line_sequence
),

information_elements as (
    select
        documents.resource_id, 
        elements.value as element,
        elements.index as element_index
    from claims as documents, lateral flatten(input => get_path(documents.resource, 'supportingInfo')) as elements
),

information_fields as (
    select
        resource_id, 
        get_path(element, 'sequence')::varchar as line_sequence, get_path(element, 'valueReference.reference')::varchar as target
    from information_elements as documents
),

informations as (
    select resource_id, line_sequence, max(case
        when target like 'urn:uuid:%' then substr(target, 10)
        when position('|' in target) > 0 then nullif(split_part(target, '|', -1), '')
        else nullif(split_part(split_part(target, '/_history/', 1), '/', -1), '')
    end) as target_id from information_fields group by resource_id, line_sequence
)

select
    items.resource_id as claim_id,
    items.patient_id,
    cast(items.element_index as integer) as item_index,
    try_cast(items.item_sequence as bigint) as item_sequence,
    items.code,
    cast(try_cast(items.net as double) as decimal(18, 2)) as net,
    procedures.target_id as procedure_id,
    informations.target_id as information_id,
    items.batch_no
from items
left join procedures on procedures.resource_id = items.resource_id and procedures.line_sequence = items.procedure_sequence
left join informations on informations.resource_id = items.resource_id and informations.line_sequence = items.information_sequence
