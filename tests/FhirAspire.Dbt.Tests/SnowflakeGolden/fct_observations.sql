with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
)

select
    f.id || '#' || cast(f.component as varchar) as observation_key,
    f.id,
    f.component,
    f.patient,
    f.encounter,
    e.encounterclass,
    f.category,
    f.code,
    f.description,
    f.date,
    cast(f.date as date) as date_day,
    f.value,
    f.numeric_value,
    f.units,
    f.type,
    f.batch_no
from FHIR.staging.stg_observations as f
inner join changed on changed.patient_id = f.patient
left join FHIR.staging.stg_encounters as e on e.patient = f.patient and e.id = f.encounter
