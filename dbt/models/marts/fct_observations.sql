{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', on_schema_change='append_new_columns', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients'), is_kept('encounterclass')) }}
)

select
    f.id || '#' || cast(f.component as varchar) as observation_key,
    f.id,
    f.component,
    f.patient,
    f.encounter,
    e.encounterclass,
    f.category,
    f.code,
    f.description,
    f.date,
    cast(f.date as date) as date_day,
    f.value,
    f.numeric_value,
    f.units,
    f.type,
    f.batch_no
from {{ ref('stg_observations') }} as f
inner join changed on changed.patient_id = f.patient{{ narrowed('f.patient') }}
left join {{ ref('stg_encounters') }} as e on e.patient = f.patient and e.id = f.encounter{{ narrowed('e.patient') }}
