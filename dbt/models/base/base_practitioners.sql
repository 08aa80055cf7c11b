{{ config(unique_key='file_key') }}

with practitioners as (
    select file_key, s3_last_modified, entry_index, resource_id, batch_no, resource
    from {{ ref('base_fhir_resources') }}
    where resource_type = 'Practitioner' and batch_no > {{ last_batch() }}
),

fields as (
    {{ json_fields('practitioners', ['file_key', 's3_last_modified', 'entry_index', 'resource_id', 'batch_no'], {
        'given': 'name[0].given[0]',
        'family': 'name[0].family',
        'name_text': 'name[0].text',
        'gender': 'gender',
        'address': 'address[0].line[0]',
        'city': 'address[0].city',
        'state': 'address[0].state',
        'zip': 'address[0].postalCode'
    }) }}
),

identifier_elements as (
    {{ json_elements('practitioners', ['file_key', 'entry_index'], 'identifier') }}
),

identifiers as (
    {{ json_fields('identifier_elements', ['file_key', 'entry_index'], {'system': 'system', 'identifier': 'value'}, 'element') }}
),

npis as (
    select file_key, entry_index, min(identifier) as npi
    from identifiers
    where system = 'http://hl7.org/fhir/sid/us-npi'
    group by file_key, entry_index
),

extension_elements as (
    {{ json_elements('practitioners', ['file_key', 'entry_index'], 'extension') }}
),

extensions as (
    {{ json_fields('extension_elements', ['file_key', 'entry_index'], {'url': 'url', 'amount': 'valueInteger'}, 'element') }}
),

utilizations as (
    select
        file_key, entry_index,
        max(case when url like '%/utilization-encounters-extension' then {{ to_integer('amount') }} end) as encounters,
        max(case when url like '%/utilization-procedures-extension' then {{ to_integer('amount') }} end) as procedures
    from extensions
    group by file_key, entry_index
)

select
    fields.file_key,
    {{ folder_of('fields.file_key') }} as folder,
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
