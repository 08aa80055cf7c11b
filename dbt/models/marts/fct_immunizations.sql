{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
)

select
    f.id,
    f.patient,
    f.encounter,
    e.provider,
    e.organization,
    e.payer,
    f.code,
    f.description,
    f.date,
    cast(f.date as date) as date_day,
    f.base_cost,
    f.batch_no
from {{ ref('stg_immunizations') }} as f
inner join changed on changed.patient_id = f.patient{{ narrowed('f.patient') }}
left join {{ ref('stg_encounters') }} as e on e.patient = f.patient and e.id = f.encounter{{ narrowed('e.patient') }}
