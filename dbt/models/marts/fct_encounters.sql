{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

encounters as (
    select e.* from {{ ref('stg_encounters') }} as e inner join changed on changed.patient_id = e.patient{{ narrowed('e.patient') }}
),

procedures as (
    select p.encounter, count(*) as procedures, sum(p.base_cost) as procedure_cost
    from {{ ref('stg_procedures') }} as p
    inner join changed on changed.patient_id = p.patient{{ narrowed('p.patient') }}
    group by p.encounter
),

medications as (
    select m.encounter, count(*) as medications, sum(m.base_cost) as medication_cost
    from {{ ref('stg_medications') }} as m
    inner join changed on changed.patient_id = m.patient{{ narrowed('m.patient') }}
    group by m.encounter
)

select
    encounters.id,
    encounters.patient,
    encounters.provider,
    encounters.organization,
    encounters.payer,
    encounters.payer_name,
    encounters.encounterclass,
    encounters.code,
    encounters.description,
    encounters.reasoncode,
    encounters.reasondescription,
    encounters.start,
    encounters.stop,
    cast(encounters.start as date) as start_day,
    {{ seconds_between('encounters.start', 'encounters.stop') }} / 3600.0 as duration_hours,
    encounters.base_encounter_cost,
    encounters.total_claim_cost,
    encounters.payer_coverage,
    case when encounters.payer_name = 'NO_INSURANCE' then encounters.total_claim_cost end as patient_responsibility,
    coalesce(procedures.procedures, 0) as procedures,
    procedures.procedure_cost,
    coalesce(medications.medications, 0) as medications,
    medications.medication_cost,
    encounters.claim_id,
    encounters.batch_no
from encounters
left join procedures on procedures.encounter = encounters.id
left join medications on medications.encounter = encounters.id
