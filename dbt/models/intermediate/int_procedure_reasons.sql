{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

procedures as (
    select m.* from {{ ref('stg_procedures') }} as m inner join changed on changed.patient_id = m.patient{{ narrowed('m.patient') }}
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
    procedures.id,
    procedures.patient,
    procedures.encounter,
    procedures.code,
    procedures.description,
    procedures.start,
    procedures.reasoncode,
    procedures.reasondescription,
    conditions.id as condition_id,
    conditions.onset_at as condition_onset_at,
    conditions.abated_at as condition_abated_at,
    {{ days_between('conditions.onset_at', 'procedures.start') }} as days_since_onset,
    case when conditions.id is not null then 'condition' else 'code' end as reason_source,
    procedures.batch_no
from procedures
left join conditions on conditions.patient = procedures.patient and conditions.id = procedures.reason_condition_id
where procedures.reasoncode is not null
