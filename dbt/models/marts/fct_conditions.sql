{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
)

select
    f.id,
    f.patient,
    f.encounter,
    f.system,
    f.code,
    f.description,
    f.start,
    f.stop,
    f.onset_at,
    f.abated_at,
    f.clinical_status,
    case when f.description like '%(finding)' or f.description like '%(situation)' then 1 else 0 end as is_finding,
    f.batch_no
from {{ ref('stg_conditions') }} as f
inner join changed on changed.patient_id = f.patient{{ narrowed('f.patient') }}

