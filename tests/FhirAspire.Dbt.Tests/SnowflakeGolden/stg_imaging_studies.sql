with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

studies as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'ImagingStudy' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, resource_id, 
        get_path(resource, 'started')::varchar as started, get_path(resource, 'encounter.reference')::varchar as encounter, get_path(resource, 'procedureCode[0].coding[0].code')::varchar as procedure_code
    from studies as documents
),

series as (
    select
        documents.patient_id, documents.resource_id, 
        elements.value as element,
        elements.index as element_index
    from studies as documents, lateral flatten(input => get_path(documents.resource, 'series')) as elements
),

series_numbered as (
    select patient_id, resource_id, element_index as series_index, element from series
),

series_fields as (
    select
        patient_id, resource_id, series_index, 
        get_path(element, 'uid')::varchar as series_uid, get_path(element, 'bodySite.code')::varchar as bodysite_code, get_path(element, 'bodySite.display')::varchar as bodysite_description, get_path(element, 'modality.code')::varchar as modality_code, get_path(element, 'modality.display')::varchar as modality_description
    from series_numbered as documents
),

instances as (
    select
        documents.patient_id, documents.resource_id, documents.series_index, 
        elements.value as element,
        elements.index as element_index
    from series_numbered as documents, lateral flatten(input => get_path(documents.element, 'instance')) as elements
),

instance_fields as (
    select
        patient_id, resource_id, series_index, element_index, 
        get_path(element, 'uid')::varchar as instance_uid, get_path(element, 'sopClass.code')::varchar as sop_class, get_path(element, 'title')::varchar as title
    from instances as documents
)

select
    fields.resource_id as id,
    date_trunc('second', cast(convert_timezone('UTC', try_cast(fields.started as timestamp_tz)) as timestamp_ntz)) as date,
    fields.patient_id as patient,
    case
        when fields.encounter like 'urn:uuid:%' then substr(fields.encounter, 10)
        when position('|' in fields.encounter) > 0 then nullif(split_part(fields.encounter, '|', -1), '')
        else nullif(split_part(split_part(fields.encounter, '/_history/', 1), '/', -1), '')
    end as encounter,
    series_fields.series_uid,
    series_fields.bodysite_code,
    series_fields.bodysite_description,
    series_fields.modality_code,
    series_fields.modality_description,
    instance_fields.instance_uid,
    replace(instance_fields.sop_class, 'urn:oid:', '') as sop_code,
    sop_classes.sop_description || case when instance_fields.title = 'Title of this image' then ' – for Presentation' else '' end as sop_description,
    fields.procedure_code,
    instance_fields.title as instance_title,
    cast(instance_fields.series_index as integer) as series_index,
    cast(instance_fields.element_index as integer) as instance_index,
    fields.file_key,
    fields.batch_no
from instance_fields
inner join series_fields
    on series_fields.patient_id = instance_fields.patient_id
    and series_fields.resource_id = instance_fields.resource_id
    and series_fields.series_index = instance_fields.series_index
inner join fields on fields.patient_id = instance_fields.patient_id and fields.resource_id = instance_fields.resource_id
left join FHIR.staging.sop_classes as sop_classes on sop_classes.sop_code = replace(instance_fields.sop_class, 'urn:oid:', '')
