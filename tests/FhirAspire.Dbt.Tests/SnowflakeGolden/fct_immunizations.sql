with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
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
from FHIR.staging.stg_immunizations as f
inner join changed on changed.patient_id = f.patient
left join FHIR.staging.stg_encounters as e on e.patient = f.patient and e.id = f.encounter
