{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

studies as (
    {{ current_resources('ImagingStudy') }}
),

fields as (
    {{ json_fields('studies', ['patient_id', 'batch_no', 'file_key', 'resource_id'], {
        'started': 'started',
        'encounter': 'encounter.reference',
        'procedure_code': 'procedureCode[0].coding[0].code'
    }) }}
),

series as (
    {{ json_elements('studies', ['patient_id', 'resource_id'], 'series') }}
),

series_numbered as (
    select patient_id, resource_id, element_index as series_index, element from series
),

series_fields as (
    {{ json_fields('series_numbered', ['patient_id', 'resource_id', 'series_index'], {
        'series_uid': 'uid',
        'bodysite_code': 'bodySite.code',
        'bodysite_description': 'bodySite.display',
        'modality_code': 'modality.code',
        'modality_description': 'modality.display'
    }, 'element') }}
),

instances as (
    {{ json_elements('series_numbered', ['patient_id', 'resource_id', 'series_index'], 'instance', 'element') }}
),

instance_fields as (
    {{ json_fields('instances', ['patient_id', 'resource_id', 'series_index', 'element_index'], {
        'instance_uid': 'uid',
        'sop_class': 'sopClass.code',
        'title': 'title'
    }, 'element') }}
)

select
    fields.resource_id as id,
    {{ to_timestamp_utc('fields.started') }} as date,
    fields.patient_id as patient,
    {{ reference_id('fields.encounter') }} as encounter,
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
left join {{ ref('sop_classes') }} as sop_classes on sop_classes.sop_code = replace(instance_fields.sop_class, 'urn:oid:', '')
