{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
)

select
    c.id,
    c.patient,
    c.encounter,
    c.medication,
    c.claim_kind,
    c.provider,
    c.organization,
    c.payer,
    c.payer_name,
    c.encounterclass,
    c.code,
    c.description,
    c.diagnosis1,
    c.departmentid,
    c.servicedate,
    c.billed_at,
    cast(c.billed_at as date) as billed_day,
    c.status,
    c.total,
    c.base_encounter_cost,
    c.billed_lines,
    c.billed_line_total,
    c.payer_coverage,
    c.patient_responsibility,
    c.fhir_payment_amount,
    c.batch_no
from {{ ref('int_claims_enriched') }} as c
inner join changed on changed.patient_id = c.patient{{ narrowed('c.patient') }}
