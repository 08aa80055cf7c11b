-- Of several files the newest counts; utilization is that file's run alone. The position stands in a Location that may come later.
with changed as (
    select resource_id as organization_id
    from FHIR.staging.base_fhir_resources
    where resource_type = 'Organization' and batch_no > 0
    union
    select organization_id from FHIR.staging.base_locations where organization_id is not null and batch_no > 0
),

ranked as (
    select
        r.resource_id, r.file_key, r.entry_index, r.resource,
        row_number() over (partition by r.resource_id order by r.s3_last_modified desc, r.file_key desc, r.entry_index desc) as place
    from FHIR.staging.base_fhir_resources as r
    inner join changed on changed.organization_id = r.resource_id
    where r.resource_type = 'Organization'
),

organizations as (
    select resource_id, file_key, resource from ranked where place = 1
),

fields as (
    select
        resource_id, file_key, 
        get_path(resource, 'name')::varchar as name, get_path(resource, 'address[0].line[0]')::varchar as address, get_path(resource, 'address[0].city')::varchar as city, get_path(resource, 'address[0].state')::varchar as state, get_path(resource, 'address[0].postalCode')::varchar as zip, get_path(resource, 'telecom[0].value')::varchar as phone
    from organizations as documents
),

extension_elements as (
    select
        documents.resource_id, 
        elements.value as element,
        elements.index as element_index
    from organizations as documents, lateral flatten(input => get_path(documents.resource, 'extension')) as elements
),

extension_fields as (
    select
        resource_id, 
        get_path(element, 'url')::varchar as url, get_path(element, 'valueInteger')::varchar as amount
    from extension_elements as documents
),

utilizations as (
    select resource_id, max(try_cast(amount as bigint)) as utilization
    from extension_fields
    where url like '%/utilization-encounters-extension'
    group by resource_id
),

locations_ranked as (
    select
        l.organization_id, l.lat, l.lon,
        row_number() over (partition by l.organization_id order by l.s3_last_modified desc, l.file_key desc, l.entry_index desc) as place
    from FHIR.staging.base_locations as l
    inner join changed on changed.organization_id = l.organization_id
    where l.lat is not null
),

locations as (
    select organization_id, lat, lon from locations_ranked where place = 1
)

select
    fields.resource_id as id,
    fields.name,
    fields.address,
    fields.city,
    fields.state,
    fields.zip,
    locations.lat,
    locations.lon,
    fields.phone,
    cast(null as decimal(18, 2)) as revenue,
    utilizations.utilization,
    fields.file_key,
    (select max(batch_no) from FHIR.staging.base_fhir_resources) as batch_no
from fields
left join utilizations on utilizations.resource_id = fields.resource_id
left join locations on locations.organization_id = fields.resource_id
