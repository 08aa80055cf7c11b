{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
)

select
    f.id,
    f.patient,
    f.encounter,
    e.provider,
    f.payer,
    f.payer_name,
    e.encounterclass,
    f.code,
    f.description,
    f.reasoncode,
    f.reasondescription,
    f.start,
    f.stop,
    cast(f.start as date) as start_day,
    f.status,
    f.is_administered,
    f.base_cost,
    f.dispenses,
    f.totalcost,
    f.payer_coverage,
    case when f.payer_name = 'NO_INSURANCE' then f.base_cost end as patient_responsibility,
    f.is_stop_inferred,
    f.is_dispenses_inferred,
    f.claim_id,
    f.batch_no
from {{ ref('stg_medications') }} as f
inner join changed on changed.patient_id = f.patient{{ narrowed('f.patient') }}
left join {{ ref('stg_encounters') }} as e on e.patient = f.patient and e.id = f.encounter{{ narrowed('e.patient') }}
