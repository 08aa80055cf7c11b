{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

allergies as (
    {{ current_resources('AllergyIntolerance') }}
),

fields as (
    {{ json_fields('allergies', ['patient_id', 'batch_no', 'file_key', 'entry_index', 'resource_id'], {
        'recorded': 'recordedDate',
        'encounter': 'encounter.reference',
        'system': 'code.coding[0].system',
        'code': 'code.coding[0].code',
        'display': 'code.coding[0].display',
        'code_text': 'code.text',
        'type': 'type',
        'category': 'category[0]',
        'clinical_status': 'clinicalStatus.coding[0].code'
    }) }}
),

encounter_before as (
    {{ encounter_before('allergies') }}
),

reaction_elements as (
    {{ json_elements('allergies', ['resource_id'], 'reaction') }}
),

reaction_fields as (
    {{ json_fields('reaction_elements', ['resource_id', 'element_index'], {
        'code': 'manifestation[0].coding[0].code',
        'display': 'manifestation[0].coding[0].display',
        'manifestation_text': 'manifestation[0].text',
        'severity': 'severity'
    }, 'element') }}
),

-- the exporter of the CSV takes the two worst; FHIR has lost some of the severities, so the order is the likeliest
reactions as (
    select
        resource_id, code, coalesce(display, manifestation_text) as description, upper(severity) as severity,
        row_number() over (
            partition by resource_id
            order by case severity when 'severe' then 1 when 'moderate' then 3 when 'mild' then 4 else 2 end, code, element_index
        ) as place
    from reaction_fields
),

worst as (
    select
        resource_id,
        max(case when place = 1 then code end) as reaction1,
        max(case when place = 1 then description end) as description1,
        max(case when place = 1 then severity end) as severity1,
        max(case when place = 2 then code end) as reaction2,
        max(case when place = 2 then description end) as description2,
        max(case when place = 2 then severity end) as severity2
    from reactions
    group by resource_id
)

select
    {{ to_date('fields.recorded') }} as start,
    cast(null as date) as stop,
    fields.patient_id as patient,
    coalesce({{ reference_id('fields.encounter') }}, encounter_before.encounter_id) as encounter,
    fields.code,
    fields.system,
    coalesce(fields.display, fields.code_text) as description,
    fields.type,
    fields.category,
    worst.reaction1,
    worst.description1,
    worst.severity1,
    worst.reaction2,
    worst.description2,
    worst.severity2,
    fields.resource_id as id,
    fields.clinical_status,
    case when fields.encounter is null and encounter_before.encounter_id is not null then 1 else 0 end as is_encounter_inferred,
    fields.file_key,
    fields.batch_no
from fields
left join encounter_before on encounter_before.file_key = fields.file_key and encounter_before.entry_index = fields.entry_index
left join worst on worst.resource_id = fields.resource_id
