{{ config(unique_key='file_key') }}

with locations as (
    select file_key, s3_last_modified, entry_index, resource_id, batch_no, resource
    from {{ ref('base_fhir_resources') }}
    where resource_type = 'Location' and batch_no > {{ last_batch() }}
),

fields as (
    {{ json_fields('locations', ['file_key', 's3_last_modified', 'entry_index', 'resource_id', 'batch_no'], {
        'organization_logical': 'managingOrganization.identifier.value',
        'organization': 'managingOrganization.reference',
        'latitude': 'position.latitude',
        'longitude': 'position.longitude'
    }) }}
)

select
    file_key,
    s3_last_modified,
    entry_index,
    resource_id as location_id,
    coalesce(organization_logical, {{ reference_id('organization') }}) as organization_id,
    {{ to_number('latitude') }} as lat,
    {{ to_number('longitude') }} as lon,
    batch_no
from fields
