with changed as (
    select patient_id, batch_no from FHIR.staging.base_patient_versions where batch_no > 0
),

claims as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'Claim' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, resource_id, 
        get_path(resource, 'type.coding[0].code')::varchar as type_code, get_path(resource, 'insurance[0].coverage.display')::varchar as payer_name, get_path(resource, 'item[0].encounter[0].reference')::varchar as encounter, get_path(resource, 'item[0].productOrService.coding[0].code')::varchar as service_code, get_path(resource, 'item[0].productOrService.coding[0].display')::varchar as service_text, get_path(resource, 'prescription.reference')::varchar as prescription, get_path(resource, 'total.value')::varchar as total
    from claims as documents
),

benefits as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.claim_id, r.service_place, r.payment_amount
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'ExplanationOfBenefit' and f.is_current = 1 and d.file_key is null
),

benefit_of_claim as (
    select patient_id, claim_id, max(service_place) as service_place, max(payment_amount) as payment_amount
    from benefits
    where claim_id is not null
    group by patient_id, claim_id
),

typed as (
    select
        resource_id as claim_id,
        patient_id,
        case
        when encounter like 'urn:uuid:%' then substr(encounter, 10)
        when position('|' in encounter) > 0 then nullif(split_part(encounter, '|', -1), '')
        else nullif(split_part(split_part(encounter, '/_history/', 1), '/', -1), '')
    end as encounter_id,
        case
        when prescription like 'urn:uuid:%' then substr(prescription, 10)
        when position('|' in prescription) > 0 then nullif(split_part(prescription, '|', -1), '')
        else nullif(split_part(split_part(prescription, '/_history/', 1), '/', -1), '')
    end as prescription_id,
        type_code,
        case when type_code = 'pharmacy' then 1 else 0 end as is_pharmacy,
        payer_name,
        service_code,
        service_text,
        cast(try_cast(total as double) as decimal(18, 2)) as total,
        file_key,
        batch_no
    from fields
)

select
    typed.*,
    benefit_of_claim.service_place,
    benefit_of_claim.payment_amount,
    -- the claim that prices the encounter, or the medication request: one each, the first by id if a source has more
    case when row_number() over (
        partition by typed.patient_id, typed.is_pharmacy, case when typed.is_pharmacy = 1 then typed.prescription_id else typed.encounter_id end
        order by typed.claim_id
    ) = 1 then 1 else 0 end as is_first
from typed
left join benefit_of_claim on benefit_of_claim.patient_id = typed.patient_id and benefit_of_claim.claim_id = typed.claim_id
