with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
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
from FHIR.intermediate.int_claims_enriched as c
inner join changed on changed.patient_id = c.patient
