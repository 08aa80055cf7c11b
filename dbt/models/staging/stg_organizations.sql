{{ config(unique_key='id') }}

-- Of several files the newest counts; utilization is that file's run alone. The position stands in a Location that may come later.
with changed as (
    select resource_id as organization_id
    from {{ ref('base_fhir_resources') }}
    where resource_type = 'Organization' and batch_no > {{ last_batch() }}
    union
    select organization_id from {{ ref('base_locations') }} where organization_id is not null and batch_no > {{ last_batch() }}
),

ranked as (
    select
        r.resource_id, r.file_key, r.entry_index, r.resource,
        row_number() over (partition by r.resource_id order by r.s3_last_modified desc, r.file_key desc, r.entry_index desc) as place
    from {{ ref('base_fhir_resources') }} as r
    inner join changed on changed.organization_id = r.resource_id{{ narrowed('r.resource_id', 'select organization_id from changed') }}
    where r.resource_type = 'Organization'
),

organizations as (
    select resource_id, file_key, resource from ranked where place = 1
),

fields as (
    {{ json_fields('organizations', ['resource_id', 'file_key'], {
        'name': 'name',
        'address': 'address[0].line[0]',
        'city': 'address[0].city',
        'state': 'address[0].state',
        'zip': 'address[0].postalCode',
        'phone': 'telecom[0].value'
    }) }}
),

extension_elements as (
    {{ json_elements('organizations', ['resource_id'], 'extension') }}
),

extension_fields as (
    {{ json_fields('extension_elements', ['resource_id'], {'url': 'url', 'amount': 'valueInteger'}, 'element') }}
),

utilizations as (
    select resource_id, max({{ to_integer('amount') }}) as utilization
    from extension_fields
    where url like '%/utilization-encounters-extension'
    group by resource_id
),

locations_ranked as (
    select
        l.organization_id, l.lat, l.lon,
        row_number() over (partition by l.organization_id order by l.s3_last_modified desc, l.file_key desc, l.entry_index desc) as place
    from {{ ref('base_locations') }} as l
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
    (select max(batch_no) from {{ ref('base_fhir_resources') }}) as batch_no
from fields
left join utilizations on utilizations.resource_id = fields.resource_id
left join locations on locations.organization_id = fields.resource_id
