{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

claims as (
    select c.* from {{ ref('stg_claims') }} as c inner join changed on changed.patient_id = c.patientid{{ narrowed('c.patientid') }}
),

encounters as (
    select e.* from {{ ref('stg_encounters') }} as e inner join changed on changed.patient_id = e.patient{{ narrowed('e.patient') }}
),

medications as (
    select m.* from {{ ref('stg_medications') }} as m inner join changed on changed.patient_id = m.patient{{ narrowed('m.patient') }}
),

lines as (
    select
        i.patient_id, i.claim_id,
        count(i.net) as billed_lines,
        sum(i.net) as billed_line_total,
        sum(case when i.procedure_id is not null then i.net end) as procedure_line_total,
        sum(case when i.information_id is not null then i.net end) as immunization_line_total
    from {{ ref('base_claim_items') }} as i
    inner join changed on changed.patient_id = i.patient_id{{ narrowed('i.patient_id') }}
    group by i.patient_id, i.claim_id
)

select
    claims.id,
    claims.patientid as patient,
    claims.appointmentid as encounter,
    case when claims.is_pharmacy = 1 then 'medication' else 'encounter' end as claim_kind,
    claims.prescription_id as medication,
    claims.providerid as provider,
    claims.organization,
    encounters.payer,
    claims.payer_name,
    encounters.encounterclass,
    case when claims.is_pharmacy = 1 then medications.code else encounters.code end as code,
    case when claims.is_pharmacy = 1 then medications.description else encounters.description end as description,
    claims.departmentid,
    claims.diagnosis1,
    claims.servicedate,
    case when claims.is_pharmacy = 1 then medications.start else claims.servicedate end as billed_at,
    claims.status1 as status,
    claims.total,
    case when claims.is_pharmacy = 0 then encounters.base_encounter_cost end as base_encounter_cost,
    coalesce(lines.billed_lines, 0) as billed_lines,
    lines.billed_line_total,
    lines.procedure_line_total,
    lines.immunization_line_total,
    case when claims.payer_name = 'NO_INSURANCE' then cast(0 as decimal(18, 2)) end as payer_coverage,
    case when claims.payer_name = 'NO_INSURANCE' then claims.total end as patient_responsibility,
    claims.fhir_payment_amount,
    claims.batch_no
from claims
left join encounters on encounters.patient = claims.patientid and encounters.id = claims.appointmentid
left join medications on medications.patient = claims.patientid and medications.id = claims.prescription_id
left join lines on lines.patient_id = claims.patientid and lines.claim_id = claims.id
