{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

deliveries as (
    {{ current_resources('SupplyDelivery') }}
),

fields as (
    {{ json_fields('deliveries', ['patient_id', 'batch_no', 'file_key', 'entry_index', 'resource_id'], {
        'occurred': 'occurrenceDateTime',
        'occurred_from': 'occurrencePeriod.start',
        'code': 'suppliedItem.itemCodeableConcept.coding[0].code',
        'display': 'suppliedItem.itemCodeableConcept.coding[0].display',
        'code_text': 'suppliedItem.itemCodeableConcept.text',
        'quantity': 'suppliedItem.quantity.value'
    }) }}
),

encounter_before as (
    {{ encounter_before('deliveries') }}
)

select
    {{ to_date('coalesce(fields.occurred, fields.occurred_from)') }} as date,
    fields.patient_id as patient,
    encounter_before.encounter_id as encounter,
    fields.code,
    coalesce(fields.display, fields.code_text) as description,
    {{ to_number('fields.quantity') }} as quantity,
    fields.resource_id as id,
    case when encounter_before.encounter_id is not null then 1 else 0 end as is_encounter_inferred,
    fields.file_key,
    fields.batch_no
from fields
left join encounter_before on encounter_before.file_key = fields.file_key and encounter_before.entry_index = fields.entry_index
