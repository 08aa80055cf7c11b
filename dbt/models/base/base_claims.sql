{{ config(unique_key='patient_id', post_hook="{{ remove_vanished_rows(ref('base_patient_versions')) }}") }}

with changed as (
    {{ changed_patients(ref('base_patient_versions')) }}
),

claims as (
    {{ current_resources('Claim') }}
),

fields as (
    {{ json_fields('claims', ['patient_id', 'batch_no', 'file_key', 'resource_id'], {
        'type_code': 'type.coding[0].code',
        'payer_name': 'insurance[0].coverage.display',
        'encounter': 'item[0].encounter[0].reference',
        'service_code': 'item[0].productOrService.coding[0].code',
        'service_text': 'item[0].productOrService.coding[0].display',
        'prescription': 'prescription.reference',
        'total': 'total.value'
    }) }}
),

benefits as (
    {{ current_resources('ExplanationOfBenefit', ['claim_id', 'service_place', 'payment_amount']) }}
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
        {{ reference_id('encounter') }} as encounter_id,
        {{ reference_id('prescription') }} as prescription_id,
        type_code,
        case when type_code = 'pharmacy' then 1 else 0 end as is_pharmacy,
        payer_name,
        service_code,
        service_text,
        {{ to_money('total') }} as total,
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
