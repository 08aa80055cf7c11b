{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

medications as (
    select m.* from {{ ref('stg_medications') }} as m inner join changed on changed.patient_id = m.patient{{ narrowed('m.patient') }}
),

conditions as (
    select
        c.patient, c.id, max(c.code) as code, max(c.description) as description,
        min(c.onset_at) as onset_at, max(c.abated_at) as abated_at
    from {{ ref('stg_conditions') }} as c
    inner join changed on changed.patient_id = c.patient{{ narrowed('c.patient') }}
    group by c.patient, c.id
)

select
    medications.id,
    medications.patient,
    medications.encounter,
    medications.code,
    medications.description,
    medications.start,
    medications.reasoncode,
    medications.reasondescription,
    conditions.id as condition_id,
    conditions.onset_at as condition_onset_at,
    conditions.abated_at as condition_abated_at,
    {{ days_between('conditions.onset_at', 'medications.start') }} as days_since_onset,
    case when conditions.id is not null then 'condition' else 'code' end as reason_source,
    medications.batch_no
from medications
left join conditions on conditions.patient = medications.patient and conditions.id = medications.reason_condition_id
where medications.reasoncode is not null
