{{ config(unique_key='patient_id', post_hook="{{ remove_vanished_rows(ref('base_patient_versions')) }}") }}

with changed as (
    {{ changed_patients(ref('base_patient_versions')) }}
),

claims as (
    {{ current_resources('Claim') }}
),

item_elements as (
    {{ json_elements('claims', ['patient_id', 'batch_no', 'resource_id'], 'item') }}
),

items as (
    {{ json_fields('item_elements', ['patient_id', 'batch_no', 'resource_id', 'element_index'], {
        'item_sequence': 'sequence',
        'procedure_sequence': 'procedureSequence[0]',
        'information_sequence': 'informationSequence[0]',
        'code': 'productOrService.coding[0].code',
        'net': 'net.value'
    }, 'element') }}
),

procedure_elements as (
    {{ json_elements('claims', ['resource_id'], 'procedure') }}
),

procedure_fields as (
    {{ json_fields('procedure_elements', ['resource_id'], {'line_sequence': 'sequence', 'target': 'procedureReference.reference'}, 'element') }}
),

procedures as (
    select resource_id, line_sequence, max({{ reference_id('target') }}) as target_id from procedure_fields group by resource_id, line_sequence
),

information_elements as (
    {{ json_elements('claims', ['resource_id'], 'supportingInfo') }}
),

information_fields as (
    {{ json_fields('information_elements', ['resource_id'], {'line_sequence': 'sequence', 'target': 'valueReference.reference'}, 'element') }}
),

informations as (
    select resource_id, line_sequence, max({{ reference_id('target') }}) as target_id from information_fields group by resource_id, line_sequence
)

select
    items.resource_id as claim_id,
    items.patient_id,
    cast(items.element_index as integer) as item_index,
    {{ to_integer('items.item_sequence') }} as item_sequence,
    items.code,
    {{ to_money('items.net') }} as net,
    procedures.target_id as procedure_id,
    informations.target_id as information_id,
    items.batch_no
from items
left join procedures on procedures.resource_id = items.resource_id and procedures.line_sequence = items.procedure_sequence
left join informations on informations.resource_id = items.resource_id and informations.line_sequence = items.information_sequence
