{{ config(unique_key='patient', post_hook="{{ replace_patients() }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

recorded as (
    select patient_id, recorded_at from {{ ref('base_patients') }}
),

requests as (
    {{ current_resources('MedicationRequest', ['resource', 'outside_reference', 's3_last_modified']) }}
),

fields as (
    {{ json_fields('requests', ['patient_id', 'batch_no', 'file_key', 'resource_id', 'outside_reference', 's3_last_modified'], {
        'authored': 'authoredOn',
        'status': 'status',
        'encounter': 'encounter.reference',
        'code': 'medicationCodeableConcept.coding[0].code',
        'display': 'medicationCodeableConcept.coding[0].display',
        'code_text': 'medicationCodeableConcept.text',
        'dosage': 'dosageInstruction[0]',
        'reason': 'reasonReference[0].reference',
        'reason_display': 'reasonReference[0].display',
        'reason_code': 'reasonCode[0].coding[0].code',
        'reason_code_display': 'reasonCode[0].coding[0].display'
    }) }}
),

-- a referenced Medication: the one of the same bundle, else the newest
wanted as (
    select resource_id, file_key, {{ reference_id('outside_reference') }} as medication_id from requests where outside_reference is not null
),

medication_resources as (
    select
        wanted.resource_id, wanted.file_key as asked_by, m.file_key, m.entry_index, m.s3_last_modified, m.resource
    from wanted
    inner join {{ ref('base_fhir_resources') }} as m on m.resource_id = wanted.medication_id{{ narrowed('m.resource_id', 'select medication_id from wanted') }}
    where m.resource_type = 'Medication'
),

medication_fields as (
    {{ json_fields('medication_resources', ['resource_id', 'asked_by', 'file_key', 'entry_index', 's3_last_modified'], {
        'code': 'code.coding[0].code',
        'display': 'code.coding[0].display',
        'code_text': 'code.text'
    }) }}
),

medication_ranked as (
    select
        medication_fields.*,
        row_number() over (
            partition by resource_id
            order by case when file_key = asked_by then 0 else 1 end, s3_last_modified desc, file_key desc, entry_index
        ) as place
    from medication_fields
),

medications as (
    select resource_id, code, coalesce(display, code_text) as description from medication_ranked where place = 1
),

claims as (
    select c.patient_id, c.prescription_id, c.claim_id, c.total, c.payer_name, c.encounter_id, c.payment_amount
    from {{ ref('base_claims') }} as c
    inner join changed on changed.patient_id = c.patient_id{{ narrowed('c.patient_id') }}
    where c.is_pharmacy = 1 and c.is_first = 1 and c.prescription_id is not null
),

encounters as (
    select e.patient, e.id, e.payer, e.payer_name
    from {{ ref('stg_encounters') }} as e
    inner join changed on changed.patient_id = e.patient{{ narrowed('e.patient') }}
),

conditions as (
    select c.patient, c.id, max(c.code) as code, max(c.description) as description, max(c.abated_at) as abated_at
    from {{ ref('stg_conditions') }} as c
    inner join changed on changed.patient_id = c.patient{{ narrowed('c.patient') }}
    group by c.patient, c.id
),

joined as (
    select
        fields.resource_id,
        fields.patient_id,
        fields.file_key,
        fields.batch_no,
        fields.status,
        {{ to_timestamp_utc('fields.authored') }} as start,
        {{ reference_id('fields.encounter') }} as encounter_id,
        coalesce(fields.code, medications.code) as code,
        coalesce(fields.display, fields.code_text, medications.description) as description,
        case when fields.outside_reference is not null then 1 else 0 end as is_administered,
        case when fields.dosage is not null then 1 else 0 end as has_dosage,
        {{ reference_id('fields.reason') }} as condition_id,
        coalesce(conditions.code, fields.reason_code) as reasoncode,
        coalesce(fields.reason_display, conditions.description, fields.reason_code_display) as reasondescription,
        conditions.abated_at,
        claims.claim_id,
        claims.total,
        claims.payment_amount
    from fields
    left join medications on medications.resource_id = fields.resource_id
    left join claims on claims.patient_id = fields.patient_id and claims.prescription_id = fields.resource_id
    left join conditions on conditions.patient = fields.patient_id and conditions.id = {{ reference_id('fields.reason') }}
),

followed as (
    select
        joined.*,
        lead(start) over (partition by patient_id, code order by start, resource_id) as next_start
    from joined
),

-- FHIR R4 does not say when a medication was stopped
stopped as (
    select
        followed.*,
        case
            when status = 'active' then null
            when is_administered = 1 then start
            when next_start is null then abated_at
            when abated_at is null then next_start
            when abated_at < next_start then abated_at
            else next_start
        end as stop
    from followed
),

dispensed as (
    select
        stopped.*,
        recorded.recorded_at,
        case
            when has_dosage = 1 or start is null then 1
            when coalesce(stop, case when status = 'active' then recorded.recorded_at end) is null then 1
            when {{ seconds_between('start', "coalesce(stop, recorded.recorded_at)") }} < 30 * 86400 then 1
            else cast(floor({{ seconds_between('start', "coalesce(stop, recorded.recorded_at)") }} / (30 * 86400.0)) as integer)
        end as dispenses
    from stopped
    left join recorded on recorded.patient_id = stopped.patient_id
)

select
    dispensed.start,
    dispensed.stop,
    dispensed.patient_id as patient,
    encounters.payer,
    dispensed.encounter_id as encounter,
    dispensed.code,
    dispensed.description,
    dispensed.total as base_cost,
    case when encounters.payer_name = 'NO_INSURANCE' then cast(0 as decimal(18, 2)) end as payer_coverage,
    dispensed.dispenses,
    cast(dispensed.total * dispensed.dispenses as decimal(18, 2)) as totalcost,
    dispensed.reasoncode,
    dispensed.reasondescription,
    dispensed.resource_id as id,
    dispensed.status,
    dispensed.is_administered,
    case when dispensed.stop is not null then 1 else 0 end as is_stop_inferred,
    1 as is_dispenses_inferred,
    dispensed.condition_id as reason_condition_id,
    dispensed.claim_id,
    encounters.payer_name,
    dispensed.payment_amount as fhir_payment_amount,
    dispensed.file_key,
    dispensed.batch_no
from dispensed
left join encounters on encounters.patient = dispensed.patient_id and encounters.id = dispensed.encounter_id
