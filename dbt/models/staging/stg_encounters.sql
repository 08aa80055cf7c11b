{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

encounters as (
    select e.*, changed.batch_no as version
    from {{ ref('base_encounters') }} as e
    inner join changed on changed.patient_id = e.patient_id{{ narrowed('e.patient_id') }}
),

links as (
    select patient_id, npi, practitioner_id from {{ ref('base_practitioner_links') }}
),

prices as (
    select price_key, price from {{ ref('base_encounter_prices') }}
)

select
    encounters.encounter_id as id,
    encounters.started_at as start,
    encounters.ended_at as stop,
    encounters.patient_id as patient,
    encounters.organization_id as organization,
    coalesce(encounters.practitioner_id, links.practitioner_id) as provider,
    {{ payer_id('encounters.payer_name') }} as payer,
    encounters.encounterclass,
    encounters.code,
    encounters.description,
    coalesce(price_of_code.price, price_of_class.price) as base_encounter_cost,
    encounters.total as total_claim_cost,
    case when encounters.payer_name = 'NO_INSURANCE' then cast(0 as decimal(18, 2)) end as payer_coverage,
    encounters.reasoncode,
    encounters.reasondescription,
    encounters.claim_id,
    encounters.payer_name,
    encounters.npi as provider_npi,
    encounters.practitioner_name as provider_name,
    encounters.organization_name,
    encounters.class_code as fhir_class,
    encounters.payment_amount as fhir_payment_amount,
    case when price_of_code.price is null and price_of_class.price is not null then 1 else 0 end as is_base_cost_of_class,
    encounters.state as patient_state,
    encounters.entry_index,
    encounters.file_key,
    encounters.version as batch_no
from encounters
left join links on links.patient_id = encounters.patient_id and links.npi = encounters.npi
left join prices as price_of_code
    on price_of_code.price_key = coalesce(encounters.state, '') || '|' || coalesce(encounters.encounterclass, '') || '|' || coalesce(encounters.code, '')
left join prices as price_of_class
    on price_of_class.price_key = coalesce(encounters.state, '') || '|' || coalesce(encounters.encounterclass, '') || '|'
left join {{ ref('payers') }} as known_payers on known_payers.name = encounters.payer_name
