{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

devices as (
    {{ current_resources('Device') }}
),

fields as (
    {{ json_fields('devices', ['patient_id', 'batch_no', 'file_key', 'entry_index', 'resource_id'], {
        'manufactured': 'manufactureDate',
        'code': 'type.coding[0].code',
        'display': 'type.coding[0].display',
        'code_text': 'type.text',
        'udi': 'udiCarrier[0].carrierHRF',
        'status': 'status'
    }) }}
),

encounter_before as (
    {{ encounter_before('devices') }}
)

select
    -- Synthea dates the manufacture 21 days before the use
    {{ add_interval('day', 21, to_timestamp_utc('fields.manufactured')) }} as start,
    cast(null as timestamp) as stop,
    fields.patient_id as patient,
    encounter_before.encounter_id as encounter,
    fields.code,
    coalesce(fields.display, fields.code_text) as description,
    fields.udi,
    fields.resource_id as id,
    fields.status,
    case when encounter_before.encounter_id is not null then 1 else 0 end as is_encounter_inferred,
    fields.file_key,
    fields.batch_no
from fields
left join encounter_before on encounter_before.file_key = fields.file_key and encounter_before.entry_index = fields.entry_index
