with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

encounters as (
    select e.*, changed.batch_no as version
    from FHIR.staging.base_encounters as e
    inner join changed on changed.patient_id = e.patient_id
),

links as (
    select patient_id, npi, practitioner_id from FHIR.staging.base_practitioner_links
),

prices as (
    select price_key, price from FHIR.staging.base_encounter_prices
)

select
    encounters.encounter_id as id,
    encounters.started_at as start,
    encounters.ended_at as stop,
    encounters.patient_id as patient,
    encounters.organization_id as organization,
    coalesce(encounters.practitioner_id, links.practitioner_id) as provider,
    (
        substr(md5(coalesce(known_payers.number, '') || encounters.payer_name), 1, 8) || '-' || substr(md5(coalesce(known_payers.number, '') || encounters.payer_name), 9, 4) || '-3' || substr(md5(coalesce(known_payers.number, '') || encounters.payer_name), 14, 3)
        || '-' || substr('89ab89ab89ab89ab', position(substr(md5(coalesce(known_payers.number, '') || encounters.payer_name), 17, 1) in '0123456789abcdef'), 1)
        || substr(md5(coalesce(known_payers.number, '') || encounters.payer_name), 18, 3) || '-' || substr(md5(coalesce(known_payers.number, '') || encounters.payer_name), 21, 12)
    ) as payer,
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
left join FHIR.staging.payers as known_payers on known_payers.name = encounters.payer_name
