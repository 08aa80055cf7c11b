{{ config(unique_key='file_key') }}

with roles as (
    select file_key, s3_last_modified, entry_index, batch_no, resource
    from {{ ref('base_fhir_resources') }}
    where resource_type = 'PractitionerRole' and batch_no > {{ last_batch() }}
),

fields as (
    {{ json_fields('roles', ['file_key', 's3_last_modified', 'entry_index', 'batch_no'], {
        'npi': 'practitioner.identifier.value',
        'practitioner': 'practitioner.reference',
        'organization_logical': 'organization.identifier.value',
        'organization': 'organization.reference',
        'specialty_code': 'specialty[0].coding[0].code',
        'specialty': 'specialty[0].coding[0].display'
    }) }}
)

select
    file_key,
    {{ folder_of('file_key') }} as folder,
    s3_last_modified,
    entry_index,
    npi,
    {{ reference_id('practitioner') }} as practitioner_id,
    coalesce(organization_logical, {{ reference_id('organization') }}) as organization_id,
    specialty_code,
    specialty,
    batch_no
from fields
