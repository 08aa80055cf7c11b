-- depends_on: FHIR.staging.base_fhir_resources
-- depends_on: FHIR.staging.base_encounters

-- The patients whose rows change in this run, worked out once for all models: their own data is new, or something outside it
-- that their rows rest on (a practitioner behind an NPI, a loose Medication, the price of an encounter type).
with versions as (
    select patient_id, batch_no, recorded_at, s3_last_modified from FHIR.staging.base_patient_versions
),

changed as (
    select patient_id from versions where batch_no > 0
    
)

select
    versions.patient_id,
    versions.recorded_at,
    versions.s3_last_modified,
    cast(1 as bigint) as first_batch_no,
    cast(0 + 1 as bigint) as batch_no,
    (select max(batch_no) from versions) as data_batch_no,
    (select coalesce(max(batch_no), 0) from FHIR.staging.base_practitioner_links) as link_batch_no,
    (select coalesce(max(batch_no), 0) from FHIR.staging.base_encounter_prices) as price_batch_no
from versions
inner join changed on changed.patient_id = versions.patient_id
