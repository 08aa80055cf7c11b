{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', post_hook="{{ replace_patients() }}") }}

-- Grain: one patient in the cohort of one condition code. Time zero is the first record of the condition; only those first seen
-- while the patient was observed are new cases, on which survival may rest.
with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

patients as (
    select p.* from {{ ref('dim_patients') }} as p inner join changed on changed.patient_id = p.id{{ narrowed('p.id') }}
),

conditions as (
    select
        c.patient, c.code, max(c.description) as description, max(c.is_finding) as is_finding,
        min(c.start) as index_date, count(*) as episodes,
        max(case when c.stop is null then 1 else 0 end) as is_active
    from {{ ref('fct_conditions') }} as c
    inner join changed on changed.patient_id = c.patient{{ narrowed('c.patient') }}
    where c.code is not null
    group by c.patient, c.code
),

encounters as (
    select e.patient, count(*) as encounters, sum(e.total_claim_cost) as encounter_cost
    from {{ ref('fct_encounters') }} as e
    inner join changed on changed.patient_id = e.patient{{ narrowed('e.patient') }}
    group by e.patient
),

medications as (
    select m.patient, count(*) as medications, sum(m.base_cost) as medication_cost
    from {{ ref('fct_medications') }} as m
    inner join changed on changed.patient_id = m.patient{{ narrowed('m.patient') }}
    group by m.patient
)

select
    conditions.patient || '|' || conditions.code as cohort_key,
    conditions.patient,
    conditions.code,
    conditions.description,
    conditions.is_finding,
    conditions.index_date,
    conditions.episodes,
    conditions.is_active,
    case when conditions.index_date >= patients.observed_from then 1 else 0 end as is_new_case,
    {{ age_at('patients.birthdate', 'conditions.index_date') }} as age_at_index,
    patients.gender,
    patients.race,
    patients.ethnicity,
    patients.city,
    patients.state,
    patients.is_deceased,
    {{ days_between('conditions.index_date', 'patients.observed_until') }} as follow_up_days,
    coalesce(encounters.encounters, 0) as encounters,
    encounters.encounter_cost,
    coalesce(medications.medications, 0) as medications,
    medications.medication_cost,
    patients.batch_no
from conditions
inner join patients on patients.id = conditions.patient
left join encounters on encounters.patient = conditions.patient
left join medications on medications.patient = conditions.patient
