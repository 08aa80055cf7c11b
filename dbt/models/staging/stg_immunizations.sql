{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

immunizations as (
    {{ current_resources('Immunization') }}
),

fields as (
    {{ json_fields('immunizations', ['patient_id', 'batch_no', 'file_key', 'resource_id'], {
        'occurred': 'occurrenceDateTime',
        'encounter': 'encounter.reference',
        'code': 'vaccineCode.coding[0].code',
        'display': 'vaccineCode.coding[0].display',
        'code_text': 'vaccineCode.text'
    }) }}
),

lines as (
    {{ billed_lines('information_id') }}
)

select
    {{ to_timestamp_utc('fields.occurred') }} as date,
    fields.patient_id as patient,
    {{ reference_id('fields.encounter') }} as encounter,
    fields.code,
    coalesce(fields.display, fields.code_text) as description,
    lines.net as base_cost,
    fields.resource_id as id,
    fields.file_key,
    fields.batch_no
from fields
left join lines on lines.patient_id = fields.patient_id and lines.target_id = fields.resource_id
