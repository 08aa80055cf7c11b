{{ config(unique_key='patient_id', post_hook="{{ remove_vanished_rows(ref('base_patient_versions')) }}") }}

with changed as (
    {{ changed_patients(ref('base_patient_versions')) }}
),

encounters as (
    {{ current_resources('Encounter', ['resource', 'outside_reference']) }}
),

fields as (
    {{ json_fields('encounters', ['patient_id', 'batch_no', 'file_key', 'entry_index', 'resource_id', 'outside_reference'], {
        'started': 'period.start',
        'ended': 'period.end',
        'class_code': 'class.code',
        'code': 'type[0].coding[0].code',
        'display': 'type[0].coding[0].display',
        'type_text': 'type[0].text',
        'reasoncode': 'reasonCode[0].coding[0].code',
        'reason_display': 'reasonCode[0].coding[0].display',
        'reason_text': 'reasonCode[0].text',
        'organization': 'serviceProvider.reference',
        'organization_logical': 'serviceProvider.identifier.value',
        'organization_name': 'serviceProvider.display',
        'practitioner_logical': 'participant[0].individual.identifier.value',
        'practitioner_name': 'participant[0].individual.display'
    }) }}
),

patients as (
    {{ current_resources('Patient') }}
),

addresses as (
    {{ json_fields('patients', ['patient_id'], {'state': 'address[0].state'}) }}
),

state_of_patient as (
    select patient_id, max(state) as state from addresses group by patient_id
),

claims as (
    select c.*
    from {{ ref('base_claims') }} as c
    inner join changed on changed.patient_id = c.patient_id{{ narrowed('c.patient_id') }}
    where c.is_pharmacy = 0 and c.is_first = 1 and c.encounter_id is not null
),

outpatient as (
    select type_code, type_text, reason_rule, reason_code from {{ ref('outpatient_encounters') }}
),

joined as (
    select
        fields.*,
        coalesce(fields.display, fields.type_text) as description,
        coalesce(fields.reason_display, fields.reason_text) as reasondescription,
        claims.claim_id,
        claims.payer_name,
        claims.total,
        claims.service_place,
        claims.payment_amount,
        state_of_patient.state
    from fields
    left join claims on claims.patient_id = fields.patient_id and claims.encounter_id = fields.resource_id
    left join state_of_patient on state_of_patient.patient_id = fields.patient_id
)

select
    resource_id as encounter_id,
    patient_id,
    {{ to_timestamp_utc('started') }} as started_at,
    {{ to_timestamp_utc('ended') }} as ended_at,
    substr(started, 1, 10) as started_on,
    case class_code
        when 'EMER' then 'emergency'
        when 'VR' then 'virtual'
        when 'IMP' then case when code = '449411000124106' then 'snf' else 'inpatient' end
        when 'ACUTE' then 'inpatient'
        when 'NONAC' then 'inpatient'
        when 'HH' then case when code = '305336008' then 'hospice' else 'home' end
        when 'AMB' then case
            when service_place = '20' then 'urgentcare'
            when service_place = '19' then 'wellness'
            when exists (
                select 1 from outpatient
                where outpatient.type_code = joined.code
                    and (outpatient.type_text is null or outpatient.type_text = joined.description)
                    and (
                        outpatient.reason_rule = 'any'
                        or (outpatient.reason_rule = 'none' and joined.reasoncode is null)
                        or outpatient.reason_code = joined.reasoncode
                    )
            ) then 'outpatient'
            else 'ambulatory'
        end
    end as encounterclass,
    class_code,
    code,
    description,
    reasoncode,
    reasondescription,
    coalesce({{ reference_id('organization') }}, organization_logical) as organization_id,
    organization_name,
    case when outside_reference like '%|%' or outside_reference is null then coalesce({{ reference_id('outside_reference') }}, practitioner_logical) end as npi,
    case when outside_reference not like '%|%' then {{ reference_id('outside_reference') }} end as practitioner_id,
    practitioner_name,
    claim_id,
    payer_name,
    total,
    payment_amount,
    state,
    file_key,
    entry_index,
    batch_no
from joined
