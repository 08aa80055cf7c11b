{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

observations as (
    {{ current_resources('Observation') }}
),

{% set value_fields = {
    'code': 'code.coding[0].code',
    'display': 'code.coding[0].display',
    'code_text': 'code.text',
    'quantity': 'valueQuantity.value',
    'unit': 'valueQuantity.unit',
    'concept': 'valueCodeableConcept.coding[0].display',
    'concept_text': 'valueCodeableConcept.text',
    'string': 'valueString',
    'sampled': 'valueSampledData.data',
    'whole': 'valueInteger',
    'flag': 'valueBoolean',
    'moment': 'valueDateTime'
} %}
{% set observation_fields = {
    'effective': 'effectiveDateTime',
    'effective_start': 'effectivePeriod.start',
    'encounter': 'encounter.reference',
    'category': 'category[0].coding[0].code',
    'first_component': 'component[0].code'
} %}
{% do observation_fields.update(value_fields) %}
{% set value = 'coalesce(quantity, concept, concept_text, string, sampled, whole, flag, moment)' %}

fields as (
    {{ json_fields('observations', ['patient_id', 'batch_no', 'file_key', 'resource_id', 'resource'], observation_fields) }}
),

single as (
    select
        effective, effective_start, patient_id, encounter, category, code, display, code_text,
        {{ value }} as value, unit, quantity, resource_id, 0 as component, file_key, batch_no
    from fields
    where {{ value }} is not null or first_component is null
),

panels as (
    select * from fields where {{ value }} is null and first_component is not null
),

component_elements as (
    {{ json_elements('panels', ['effective', 'effective_start', 'patient_id', 'encounter', 'category', 'resource_id', 'file_key', 'batch_no'], 'component') }}
),

component_fields as (
    {{ json_fields('component_elements', ['effective', 'effective_start', 'patient_id', 'encounter', 'category', 'resource_id', 'element_index', 'file_key', 'batch_no'], value_fields, 'element') }}
),

components as (
    select
        effective, effective_start, patient_id, encounter, category, code, display, code_text,
        {{ value }} as value, unit, quantity, resource_id, element_index + 1 as component, file_key, batch_no
    from component_fields
),

found as (
    select * from single
    union all
    select * from components
)

select
    {{ to_timestamp_utc('coalesce(effective, effective_start)') }} as date,
    patient_id as patient,
    {{ reference_id('encounter') }} as encounter,
    category,
    code,
    coalesce(display, code_text) as description,
    value,
    unit as units,
    case when quantity is not null then 'numeric' else 'text' end as type,
    resource_id as id,
    cast(component as integer) as component,
    {{ to_number('quantity') }} as numeric_value,
    file_key,
    batch_no
from found
