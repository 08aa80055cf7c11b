{{ config(unique_key='file_key', meta={'lookups': ['patient_id, resource_type', 'resource_type, resource_id']}) }}

{%- set files = ref('base_fhir_files') -%}
{%- set header = {
    'resource_type': 'resourceType',
    'declared_id': 'id',
    'subject': 'subject.reference',
    'patient': 'patient.reference',
    'beneficiary': 'beneficiary.reference',
    'first_target': 'target[0].reference',
    'practitioner': 'participant[0].individual.reference',
    'medication': 'medicationReference.reference',
    'claim': 'claim.reference',
    'place': 'item[0].locationCodeableConcept.coding[0].code',
    'payment': 'payment.amount.value',
    'recorded': 'recorded'
} %}

with exploded as (
    {{ explode_bundles(source('raw', 'fhir_bundles'), files, last_batch()) }}
),

headed as (
    {{ json_fields('exploded', ['file_key', 'etag', 's3_last_modified', 'entry_index', 'is_bundle', 'full_url', 'resource'], header) }}
),

-- A file that came again without a resource has to replace its rows as well: a row without a type stands for it.
empty as (
    select file_key, etag, s3_last_modified from {{ files }} where batch_no > {{ last_batch() }} and record_count = 0
)

select
    file_key,
    etag,
    s3_last_modified,
    -- a line of an NDJSON file has its line number as its place
    cast(case when not is_bundle and file_key like '%#%' then coalesce({{ to_integer("split_part(file_key, '#', -1)") }}, 0) else entry_index end as integer) as entry_index,
    is_bundle,
    resource_type,
    -- references inside a bundle are to its full URLs, so an entry's urn:uuid comes before the id it declares
    coalesce(
        case when full_url like 'urn:uuid:%' then substr(full_url, 10) end,
        declared_id,
        {{ reference_id('full_url') }},
        file_key || '#' || cast(entry_index as varchar)
    ) as resource_id,
    full_url,
    case resource_type
        when 'Patient' then coalesce(case when full_url like 'urn:uuid:%' then substr(full_url, 10) end, declared_id, {{ reference_id('full_url') }})
        when 'Provenance' then {{ reference_id('first_target') }}
        else {{ reference_id('coalesce(subject, patient, beneficiary)') }}
    end as patient_id,
    case resource_type when 'Encounter' then practitioner when 'MedicationRequest' then medication end as outside_reference,
    case when resource_type = 'ExplanationOfBenefit' then {{ reference_id('claim') }} end as claim_id,
    case when resource_type = 'ExplanationOfBenefit' then place end as service_place,
    case when resource_type = 'ExplanationOfBenefit' then {{ to_money('payment') }} end as payment_amount,
    case when resource_type = 'Provenance' then {{ to_timestamp_utc('recorded') }} end as recorded_at,
    case
        when resource_type not in ('ExplanationOfBenefit', 'Provenance', 'DocumentReference', 'DiagnosticReport', 'MedicationAdministration') then resource
    end as resource,
    (select max(batch_no) from {{ files }}) as batch_no
from headed
where resource_type is not null or entry_index = 0
union all
select
    file_key, etag, s3_last_modified, 0, true, null, null, null, null, null, null, null, null, null, null, (select max(batch_no) from {{ files }})
from empty
order by resource_type, file_key, entry_index
