with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
)

select
    f.id,
    f.patient,
    f.encounter,
    f.system,
    f.code,
    f.description,
    f.start,
    f.stop,
    f.onset_at,
    f.abated_at,
    f.clinical_status,
    case when f.description like '%(finding)' or f.description like '%(situation)' then 1 else 0 end as is_finding,
    f.batch_no
from FHIR.staging.stg_conditions as f
inner join changed on changed.patient_id = f.patient
