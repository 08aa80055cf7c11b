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
    e.payer_name,
    e.encounterclass,
    f.system,
    f.code,
    f.description,
    f.reasoncode,
    f.reasondescription,
    f.start,
    f.stop,
    cast(f.start as date) as start_day,
    datediff('second', f.start, f.stop) / 60.0 as duration_minutes,
    f.base_cost,
    f.batch_no
from FHIR.staging.stg_procedures as f
inner join changed on changed.patient_id = f.patient
left join FHIR.staging.stg_encounters as e on e.patient = f.patient and e.id = f.encounter
