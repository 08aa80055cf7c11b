with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
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
from FHIR.staging.stg_medications as f
inner join changed on changed.patient_id = f.patient
left join FHIR.staging.stg_encounters as e on e.patient = f.patient and e.id = f.encounter
