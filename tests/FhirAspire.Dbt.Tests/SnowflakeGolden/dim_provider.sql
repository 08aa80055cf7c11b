select
    p.id, p.npi, p.name, p.gender, p.speciality, p.organization, o.name as organization_name,
    p.address, p.city, p.state, p.zip, p.lat, p.lon, p.encounters as utilization_encounters, p.procedures as utilization_procedures
from FHIR.staging.stg_providers as p
left join FHIR.staging.stg_organizations as o on o.id = p.organization
