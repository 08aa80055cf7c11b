-- Grain: one month of service, payer and encounter class. Procedures and immunizations are lines inside encounter claims and are
-- not added. What a payer covers is known for NO_INSURANCE alone; for the others the split is not in the data.
with costs as (
    select
        cast(date_trunc('month', start) as date) as month, payer, payer_name, encounterclass, patient,
        1 as encounters, 0 as medications,
        total_claim_cost as encounter_cost, cast(null as decimal(18, 2)) as medication_cost
    from FHIR.marts.fct_encounters
    where start is not null
    union all
    select
        cast(date_trunc('month', start) as date) as month, payer, payer_name, encounterclass, patient,
        0 as encounters, 1 as medications,
        cast(null as decimal(18, 2)) as encounter_cost, base_cost as medication_cost
    from FHIR.marts.fct_medications
    where start is not null
),

summed as (
    select
        month,
        coalesce(payer, '') as payer_key,
        coalesce(encounterclass, '') as class_key,
        max(payer) as payer,
        max(payer_name) as payer_name,
        max(encounterclass) as encounterclass,
        count(distinct patient) as patients,
        sum(encounters) as encounters,
        sum(medications) as medications,
        sum(encounter_cost) as encounter_cost,
        sum(medication_cost) as medication_cost
    from costs
    group by month, coalesce(payer, ''), coalesce(encounterclass, '')
)

select
    cast(month as varchar) || '|' || payer_key || '|' || class_key as cost_key,
    month, payer, payer_name, encounterclass, patients, encounters, medications, encounter_cost, medication_cost,
    case
        when encounter_cost is null then medication_cost
        when medication_cost is null then encounter_cost
        else encounter_cost + medication_cost
    end as total_claim_cost,
    case
        when payer_name <> 'NO_INSURANCE' or payer_name is null then null
        when encounter_cost is null then medication_cost
        when medication_cost is null then encounter_cost
        else encounter_cost + medication_cost
    end as patient_responsibility,
    case when payer_name = 'NO_INSURANCE' then cast(0 as decimal(18, 2)) end as payer_coverage
from summed
