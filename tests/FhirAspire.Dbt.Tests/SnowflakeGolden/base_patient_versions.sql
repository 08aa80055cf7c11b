-- The state of a patient's own data; base_patients adds what comes from elsewhere.
select
    patient_id,
    max(batch_no) as batch_no,
    min(first_batch_no) as first_batch_no,
    max(case when is_current = 1 then recorded_at end) as recorded_at,
    max(s3_last_modified) as s3_last_modified
from FHIR.staging.base_patient_files
group by patient_id
