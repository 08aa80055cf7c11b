-- What the references that lead out of patient bundles mean. Rebuilt whole: a handful of rows a patient.
with practitioners as (
    select
        'Practitioner' as reference_type,
        l.npi as reference_value,
        l.patient_id as patient,
        p.id as resolved_id,
        p.name as resolved_name,
        case when l.practitioner_id is null then 'unresolved' when l.is_same_folder = 1 then 'same folder' else 'nearest load' end as resolution
    from FHIR.staging.base_practitioner_links as l
    left join FHIR.staging.stg_providers as p on p.id = l.practitioner_id
),

organization_references as (
    select organization, max(organization_name) as organization_name
    from FHIR.staging.stg_encounters
    where organization is not null
    group by organization
),

organizations as (
    select
        'Organization' as reference_type,
        r.organization as reference_value,
        cast(null as varchar) as patient,
        o.id as resolved_id,
        coalesce(o.name, r.organization_name) as resolved_name,
        case when o.id is null then 'unresolved' else 'id' end as resolution
    from organization_references as r
    left join FHIR.staging.stg_organizations as o on o.id = r.organization
),

payers as (
    select
        'Payer' as reference_type,
        name as reference_value,
        cast(null as varchar) as patient,
        id as resolved_id,
        name as resolved_name,
        'name' as resolution
    from FHIR.staging.stg_payers
),

mapped as (
    select * from practitioners
    union all
    select * from organizations
    union all
    select * from payers
)

select reference_type || '|' || reference_value || '|' || coalesce(patient, '') as reference_key, mapped.* from mapped
