{{ config(unique_key='patient_id') }}

-- Usually empty: bundles are replaced as a whole (base_patient_files), so this is about loose resources that came again.
with changed as (
    select patient_id, max(batch_no) as batch_no from {{ ref('base_patient_files') }} where batch_no > {{ last_batch() }} group by patient_id
),

resources as (
    select r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.resource_type, r.resource_id, r.s3_last_modified
    from {{ ref('base_fhir_resources') }} as r
    inner join {{ ref('base_patient_files') }} as f on f.patient_id = r.patient_id and f.file_key = r.file_key{{ narrowed('r.patient_id') }}
    inner join changed on changed.patient_id = f.patient_id{{ narrowed('f.patient_id') }}
    where f.is_current = 1
),

repeated as (
    select patient_id, resource_type, resource_id from resources group by patient_id, resource_type, resource_id having count(*) > 1
),

ranked as (
    select
        resources.*,
        row_number() over (
            partition by resources.patient_id, resources.resource_type, resources.resource_id
            order by resources.s3_last_modified desc, resources.file_key desc, resources.entry_index desc
        ) as place
    from resources
    inner join repeated
        on repeated.patient_id = resources.patient_id and repeated.resource_type = resources.resource_type and repeated.resource_id = resources.resource_id
)

select patient_id, file_key, entry_index, resource_type, resource_id, batch_no from ranked where place > 1
union all
-- one marker row says up to which batch this table is complete, as it may well hold nothing else
select '', '', 0, '', '', max(batch_no) from changed having max(batch_no) is not null
