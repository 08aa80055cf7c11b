{{ config(unique_key='patient_id') }}
-- depends_on: {{ ref('base_fhir_resources') }}
-- depends_on: {{ ref('base_encounters') }}

-- The patients whose rows change in this run, worked out once for all models: their own data is new, or something outside it
-- that their rows rest on (a practitioner behind an NPI, a loose Medication, the price of an encounter type).
with versions as (
    select patient_id, batch_no, recorded_at, s3_last_modified from {{ ref('base_patient_versions') }}
),

changed as (
    select patient_id from versions where batch_no > {{ last_batch('data_batch_no') }}
    {% if is_incremental() %}
    union
    select patient_id from {{ ref('base_practitioner_links') }} where batch_no > {{ last_batch('link_batch_no') }}
    union
    select r.patient_id
    from {{ ref('base_fhir_resources') }} as r
    inner join (
        select distinct resource_id
        from {{ ref('base_fhir_resources') }}
        where resource_type = 'Medication' and not is_bundle and batch_no > {{ last_batch('data_batch_no') }}
    ) as m on m.resource_id = {{ reference_id('r.outside_reference') }}
    where r.resource_type = 'MedicationRequest' and r.outside_reference is not null
    union
    select e.patient_id
    from {{ ref('base_encounters') }} as e
    inner join {{ ref('base_encounter_prices') }} as p
        on p.price_key = coalesce(e.state, '') || '|' || coalesce(e.encounterclass, '') || '|' || coalesce(e.code, '')
    where p.batch_no > {{ last_batch('price_batch_no') }}
    union
    select e.patient_id
    from {{ ref('base_encounters') }} as e
    inner join {{ ref('base_encounter_prices') }} as p
        on p.price_key = coalesce(e.state, '') || '|' || coalesce(e.encounterclass, '') || '|'
    left join {{ ref('base_encounter_prices') }} as own
        on own.price_key = coalesce(e.state, '') || '|' || coalesce(e.encounterclass, '') || '|' || coalesce(e.code, '')
    where p.batch_no > {{ last_batch('price_batch_no') }} and own.price is null
    {% endif %}
)

select
    versions.patient_id,
    versions.recorded_at,
    versions.s3_last_modified,
    cast({{ 'coalesce(known.first_batch_no, ' ~ last_batch() ~ ' + 1)' if is_incremental() else '1' }} as bigint) as first_batch_no,
    cast({{ last_batch() }} + 1 as bigint) as batch_no,
    (select max(batch_no) from versions) as data_batch_no,
    (select coalesce(max(batch_no), 0) from {{ ref('base_practitioner_links') }}) as link_batch_no,
    (select coalesce(max(batch_no), 0) from {{ ref('base_encounter_prices') }}) as price_batch_no
from versions
inner join changed on changed.patient_id = versions.patient_id{{ narrowed('versions.patient_id') }}
{% if is_incremental() %}
left join {{ this }} as known on known.patient_id = versions.patient_id
{% endif %}
