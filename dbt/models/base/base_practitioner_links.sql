{{ config(unique_key='patient_id', post_hook="{{ remove_vanished_rows(ref('base_patient_versions')) }}") }}

-- Which practitioner an NPI means to a patient. NPIs repeat across runs, with other people behind them: the practitioner file in
-- the patient's own folder counts, else the newest that was there before the patient's file (a run's practitioners go up first),
-- else the first that came after it. Links that were not found in the own folder are looked up again when practitioners arrive.
with changed as (
    {{ changed_patients(ref('base_patient_versions')) }}
),

asked as (
    select e.patient_id, e.npi, max(e.file_key) as file_key
    from {{ ref('base_encounters') }} as e
    inner join changed on changed.patient_id = e.patient_id{{ narrowed('e.patient_id') }}
    where e.npi is not null
    group by e.patient_id, e.npi
),

questions as (
    select asked.patient_id, asked.npi, files.folder, files.s3_last_modified, 1 as is_changed
    from asked
    inner join {{ ref('base_fhir_files') }} as files on files.file_key = asked.file_key
    {% if is_incremental() %}
    union all
    select k.patient_id, k.npi, k.folder, k.s3_last_modified, 0 as is_changed
    from {{ this }} as k
    where k.patient_id in (
        select l.patient_id from {{ this }} as l
        where l.is_same_folder = 0
            and l.npi in (select npi from {{ ref('base_practitioners') }} where batch_no > {{ last_batch() }})
    )
        and k.patient_id not in (select patient_id from changed)
    {% endif %}
),

ranked as (
    select
        q.patient_id, q.npi, q.folder, q.s3_last_modified, q.is_changed,
        p.practitioner_id,
        case when p.folder = q.folder then 1 else 0 end as is_same_folder,
        row_number() over (
            partition by q.patient_id, q.npi
            order by
                case when p.folder = q.folder then 0 when p.s3_last_modified <= q.s3_last_modified then 1 else 2 end,
                case when p.s3_last_modified <= q.s3_last_modified then p.s3_last_modified end desc,
                p.s3_last_modified,
                p.file_key desc,
                p.practitioner_id
        ) as place
    from questions as q
    left join {{ ref('base_practitioners') }} as p on p.npi = q.npi
),

answers as (
    select patient_id, npi, folder, s3_last_modified, is_changed, practitioner_id, is_same_folder from ranked where place = 1
)

{% if is_incremental() %}
, different as (
    select distinct a.patient_id
    from answers as a
    inner join {{ this }} as k on k.patient_id = a.patient_id and k.npi = a.npi
    where coalesce(k.practitioner_id, '') <> coalesce(a.practitioner_id, '') or k.is_same_folder <> a.is_same_folder
)
{% endif %}

select
    patient_id, npi, folder, s3_last_modified, practitioner_id, is_same_folder,
    (select max(batch_no) from {{ ref('base_fhir_resources') }}) as batch_no
from answers
{% if is_incremental() %}
where is_changed = 1 or patient_id in (select patient_id from different)
{% endif %}
