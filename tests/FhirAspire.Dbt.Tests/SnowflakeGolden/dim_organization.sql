-- Also the organizations that encounters name while their hospital file is not there yet.
with named as (
    select organization as id, max(organization_name) as name
    from FHIR.staging.stg_encounters
    where organization is not null
    group by organization
),

known as (
    select * from FHIR.staging.stg_organizations
)

select
    coalesce(known.id, named.id) as id,
    coalesce(known.name, named.name) as name,
    known.address, known.city, known.state, known.zip, known.lat, known.lon, known.phone,
    known.utilization,
    case when known.id is null then 0 else 1 end as is_known
from known
full outer join named on named.id = known.id
