-- Of several files the newest counts; encounters and procedures are those of that file's run alone. The role is that of the same
-- folder, else the newest for the NPI; the position is the organization's.
with changed as (
    select practitioner_id from FHIR.staging.base_practitioners where batch_no > 0
    union
    select p.practitioner_id
    from FHIR.staging.base_practitioners as p
    inner join FHIR.staging.base_practitioner_roles as r on r.npi = p.npi or r.practitioner_id = p.practitioner_id
    where r.batch_no > 0
    
),

practitioners_ranked as (
    select
        p.*,
        row_number() over (partition by p.practitioner_id order by p.s3_last_modified desc, p.file_key desc, p.entry_index desc) as place
    from FHIR.staging.base_practitioners as p
    inner join changed on changed.practitioner_id = p.practitioner_id
),

practitioners as (
    select * from practitioners_ranked where place = 1
),

role_candidates as (
    select p.practitioner_id, p.folder as own_folder, r.folder, r.s3_last_modified, r.file_key, r.entry_index, r.organization_id, r.specialty_code, r.specialty
    from practitioners as p
    inner join FHIR.staging.base_practitioner_roles as r on r.npi = p.npi
    union
    select p.practitioner_id, p.folder as own_folder, r.folder, r.s3_last_modified, r.file_key, r.entry_index, r.organization_id, r.specialty_code, r.specialty
    from practitioners as p
    inner join FHIR.staging.base_practitioner_roles as r on r.practitioner_id = p.practitioner_id
),

roles_ranked as (
    select
        role_candidates.*,
        row_number() over (
            partition by practitioner_id
            order by case when folder = own_folder then 0 else 1 end, s3_last_modified desc, file_key desc, entry_index desc
        ) as place
    from role_candidates
),

roles as (
    select practitioner_id, organization_id, specialty_code, specialty from roles_ranked where place = 1
)

select
    practitioners.practitioner_id as id,
    roles.organization_id as organization,
    practitioners.name,
    practitioners.gender,
    case when roles.specialty_code = '208D00000X' then 'GENERAL PRACTICE' else upper(roles.specialty) end as speciality,
    practitioners.address,
    practitioners.city,
    practitioners.state,
    practitioners.zip,
    organizations.lat,
    organizations.lon,
    practitioners.encounters,
    practitioners.procedures,
    practitioners.npi,
    practitioners.file_key,
    (select max(batch_no) from FHIR.staging.base_fhir_resources) as batch_no
from practitioners
left join roles on roles.practitioner_id = practitioners.practitioner_id
left join FHIR.staging.stg_organizations as organizations on organizations.id = roles.organization_id
