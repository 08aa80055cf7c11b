with practitioners as (
    select file_key, s3_last_modified, entry_index, resource_id, batch_no, resource
    from FHIR.staging.base_fhir_resources
    where resource_type = 'Practitioner' and batch_no > 0
),

fields as (
    select
        file_key, s3_last_modified, entry_index, resource_id, batch_no, 
        get_path(resource, 'name[0].given[0]')::varchar as given, get_path(resource, 'name[0].family')::varchar as family, get_path(resource, 'name[0].text')::varchar as name_text, get_path(resource, 'gender')::varchar as gender, get_path(resource, 'address[0].line[0]')::varchar as address, get_path(resource, 'address[0].city')::varchar as city, get_path(resource, 'address[0].state')::varchar as state, get_path(resource, 'address[0].postalCode')::varchar as zip
    from practitioners as documents
),

identifier_elements as (
    select
        documents.file_key, documents.entry_index, 
        elements.value as element,
        elements.index as element_index
    from practitioners as documents, lateral flatten(input => get_path(documents.resource, 'identifier')) as elements
),

identifiers as (
    select
        file_key, entry_index, 
        get_path(element, 'system')::varchar as system, get_path(element, 'value')::varchar as identifier
    from identifier_elements as documents
),

npis as (
    select file_key, entry_index, min(identifier) as npi
    from identifiers
    where system = 'http://hl7.org/fhir/sid/us-npi'
    group by file_key, entry_index
),

extension_elements as (
    select
        documents.file_key, documents.entry_index, 
        elements.value as element,
        elements.index as element_index
    from practitioners as documents, lateral flatten(input => get_path(documents.resource, 'extension')) as elements
),

extensions as (
    select
        file_key, entry_index, 
        get_path(element, 'url')::varchar as url, get_path(element, 'valueInteger')::varchar as amount
    from extension_elements as documents
),

utilizations as (
    select
        file_key, entry_index,
        max(case when url like '%/utilization-encounters-extension' then try_cast(amount as bigint) end) as encounters,
        max(case when url like '%/utilization-procedures-extension' then try_cast(amount as bigint) end) as procedures
    from extensions
    group by file_key, entry_index
)

select
    fields.file_key,
    regexp_replace(fields.file_key, '/[^/]*$', '') as folder,
    fields.s3_last_modified,
    fields.entry_index,
    fields.resource_id as practitioner_id,
    npis.npi,
    coalesce(fields.given || ' ' || fields.family, fields.family, fields.given, fields.name_text) as name,
    case fields.gender when 'male' then 'M' when 'female' then 'F' end as gender,
    fields.address,
    fields.city,
    fields.state,
    fields.zip,
    -- the exporter leaves the extension out when there was none
    coalesce(utilizations.encounters, 0) as encounters,
    coalesce(utilizations.procedures, 0) as procedures,
    fields.batch_no
from fields
left join npis on npis.file_key = fields.file_key and npis.entry_index = fields.entry_index
left join utilizations on utilizations.file_key = fields.file_key and utilizations.entry_index = fields.entry_index
