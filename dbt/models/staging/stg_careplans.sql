{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

careplans as (
    {{ current_resources('CarePlan') }}
),

fields as (
    {{ json_fields('careplans', ['patient_id', 'batch_no', 'file_key', 'resource_id'], {
        'started': 'period.start',
        'ended': 'period.end',
        'encounter': 'encounter.reference',
        'system0': 'category[0].coding[0].system',
        'code0': 'category[0].coding[0].code',
        'display0': 'category[0].coding[0].display',
        'text0': 'category[0].text',
        'system1': 'category[1].coding[0].system',
        'code1': 'category[1].coding[0].code',
        'display1': 'category[1].coding[0].display',
        'text1': 'category[1].text',
        'condition': 'addresses[0].reference',
        'activity_reason': 'activity[0].detail.reasonCode[0].coding[0].code',
        'activity_reason_display': 'activity[0].detail.reasonCode[0].coding[0].display',
        'careteam': 'careTeam[0].reference',
        'status': 'status'
    }) }}
),

-- the plan's code is its category of SNOMED, beside US Core's own `assess-plan`
coded as (
    select
        fields.*,
        case
            when system0 = 'http://snomed.info/sct' then 0
            when system1 = 'http://snomed.info/sct' then 1
            when code1 is not null then 1
            else 0
        end as place
    from fields
),

careteams as (
    {{ current_resources('CareTeam') }}
),

team_fields as (
    {{ json_fields('careteams', ['patient_id', 'resource_id'], {
        'reason': 'reasonCode[0].coding[0].code',
        'reason_display': 'reasonCode[0].coding[0].display'
    }) }}
),

conditions as (
    select c.patient, c.id, max(c.code) as code, max(c.description) as description
    from {{ ref('stg_conditions') }} as c
    inner join changed on changed.patient_id = c.patient{{ narrowed('c.patient') }}
    group by c.patient, c.id
)

select
    coded.resource_id as id,
    {{ to_date('coded.started') }} as start,
    {{ to_date('coded.ended') }} as stop,
    coded.patient_id as patient,
    {{ reference_id('coded.encounter') }} as encounter,
    case when coded.place = 0 then coded.code0 else coded.code1 end as code,
    case when coded.place = 0 then coalesce(coded.display0, coded.text0) else coalesce(coded.display1, coded.text1) end as description,
    coalesce(conditions.code, coded.activity_reason, team_fields.reason) as reasoncode,
    coalesce(conditions.description, coded.activity_reason_display, team_fields.reason_display) as reasondescription,
    coded.status,
    coded.file_key,
    coded.batch_no
from coded
left join conditions on conditions.patient = coded.patient_id and conditions.id = {{ reference_id('coded.condition') }}
left join team_fields on team_fields.patient_id = coded.patient_id and team_fields.resource_id = {{ reference_id('coded.careteam') }}
