{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

procedures as (
    {{ current_resources('Procedure') }}
),

fields as (
    {{ json_fields('procedures', ['patient_id', 'batch_no', 'file_key', 'resource_id'], {
        'started': 'performedPeriod.start',
        'ended': 'performedPeriod.end',
        'performed': 'performedDateTime',
        'encounter': 'encounter.reference',
        'system': 'code.coding[0].system',
        'code': 'code.coding[0].code',
        'display': 'code.coding[0].display',
        'code_text': 'code.text',
        'reason': 'reasonReference[0].reference',
        'reason_display': 'reasonReference[0].display',
        'reason_code': 'reasonCode[0].coding[0].code',
        'reason_code_display': 'reasonCode[0].coding[0].display'
    }) }}
),

lines as (
    {{ billed_lines('procedure_id') }}
),

reasons as (
    select c.patient, c.id, max(c.code) as code, max(c.description) as description
    from {{ ref('stg_conditions') }} as c
    inner join changed on changed.patient_id = c.patient{{ narrowed('c.patient') }}
    group by c.patient, c.id
)

select
    {{ to_timestamp_utc('coalesce(fields.started, fields.performed)') }} as start,
    {{ to_timestamp_utc('coalesce(fields.ended, case when fields.started is null then fields.performed end)') }} as stop,
    fields.patient_id as patient,
    {{ reference_id('fields.encounter') }} as encounter,
    fields.system,
    fields.code,
    coalesce(fields.display, fields.code_text) as description,
    lines.net as base_cost,
    coalesce(reasons.code, fields.reason_code) as reasoncode,
    coalesce(fields.reason_display, reasons.description, fields.reason_code_display) as reasondescription,
    fields.resource_id as id,
    {{ reference_id('fields.reason') }} as reason_condition_id,
    fields.file_key,
    fields.batch_no
from fields
left join lines on lines.patient_id = fields.patient_id and lines.target_id = fields.resource_id
left join reasons on reasons.patient = fields.patient_id and reasons.id = {{ reference_id('fields.reason') }}
