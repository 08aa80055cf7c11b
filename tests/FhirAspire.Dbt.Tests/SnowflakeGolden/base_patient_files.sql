with arrived as (
    select
        patient_id,
        file_key,
        min(s3_last_modified) as s3_last_modified,
        max(case when is_bundle and resource_type = 'Patient' then 1 else 0 end) as holds_patient,
        max(recorded_at) as recorded_at
    from FHIR.staging.base_fhir_resources
    where batch_no > 0 and patient_id is not null
    group by patient_id, file_key
),

known as (
    
    select
        patient_id, file_key, s3_last_modified, holds_patient, recorded_at,
        1 as is_left, cast(0 as bigint) as first_batch_no, 0 as is_again
    from arrived
    where 1 = 0
    
),

touched as (
    select patient_id from arrived
    union
    select patient_id from known where is_again = 1
),

files as (
    select patient_id, file_key, s3_last_modified, holds_patient, recorded_at, 1 as is_left, cast(null as bigint) as first_batch_no from arrived
    union all
    select k.patient_id, k.file_key, k.s3_last_modified, k.holds_patient, k.recorded_at, k.is_left, k.first_batch_no
    from known as k
    inner join touched on touched.patient_id = k.patient_id
    left join arrived as a on a.patient_id = k.patient_id and a.file_key = k.file_key
    where a.file_key is null
),

known_since as (
    select k.patient_id, min(k.first_batch_no) as first_batch_no from known as k inner join touched on touched.patient_id = k.patient_id group by k.patient_id
),

ranked as (
    select files.*, row_number() over (partition by patient_id order by s3_last_modified, file_key) as age from files
),

newest as (
    select *, coalesce(max(case when holds_patient = 1 then age end) over (partition by patient_id), 0) as newest_bundle from ranked
)

select
    newest.patient_id,
    newest.file_key,
    newest.s3_last_modified,
    newest.holds_patient,
    newest.recorded_at,
    newest.is_left,
    case when newest.is_left = 1 and newest.age >= newest.newest_bundle then 1 else 0 end as is_current,
    coalesce(known_since.first_batch_no, (select max(batch_no) from FHIR.staging.base_fhir_resources)) as first_batch_no,
    (select max(batch_no) from FHIR.staging.base_fhir_resources) as batch_no
from newest
left join known_since on known_since.patient_id = newest.patient_id
