with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

recorded as (
    select patient_id, recorded_at from FHIR.staging.base_patients
),

requests as (
    select
        r.patient_id, changed.batch_no, r.file_key, r.entry_index, r.is_bundle, r.resource_id, r.resource, r.outside_reference, r.s3_last_modified
    from FHIR.staging.base_fhir_resources as r
    inner join FHIR.staging.base_patient_files as f on f.patient_id = r.patient_id and f.file_key = r.file_key
    inner join changed on changed.patient_id = f.patient_id
    left join FHIR.staging.base_replaced_resources as d on d.file_key = r.file_key and d.entry_index = r.entry_index
    where r.resource_type = 'MedicationRequest' and f.is_current = 1 and d.file_key is null
),

fields as (
    select
        patient_id, batch_no, file_key, resource_id, outside_reference, s3_last_modified, 
        get_path(resource, 'authoredOn')::varchar as authored, get_path(resource, 'status')::varchar as status, get_path(resource, 'encounter.reference')::varchar as encounter, get_path(resource, 'medicationCodeableConcept.coding[0].code')::varchar as code, get_path(resource, 'medicationCodeableConcept.coding[0].display')::varchar as display, get_path(resource, 'medicationCodeableConcept.text')::varchar as code_text, get_path(resource, 'dosageInstruction[0]')::varchar as dosage, get_path(resource, 'reasonReference[0].reference')::varchar as reason, get_path(resource, 'reasonReference[0].display')::varchar as reason_display, get_path(resource, 'reasonCode[0].coding[0].code')::varchar as reason_code, get_path(resource, 'reasonCode[0].coding[0].display')::varchar as reason_code_display
    from requests as documents
),

-- a referenced Medication: the one of the same bundle, else the newest
wanted as (
    select resource_id, file_key, case
        when outside_reference like 'urn:uuid:%' then substr(outside_reference, 10)
        when position('|' in outside_reference) > 0 then nullif(split_part(outside_reference, '|', -1), '')
        else nullif(split_part(split_part(outside_reference, '/_history/', 1), '/', -1), '')
    end as medication_id from requests where outside_reference is not null
),

medication_resources as (
    select
        wanted.resource_id, wanted.file_key as asked_by, m.file_key, m.entry_index, m.s3_last_modified, m.resource
    from wanted
    inner join FHIR.staging.base_fhir_resources as m on m.resource_id = wanted.medication_id
    where m.resource_type = 'Medication'
),

medication_fields as (
    select
        resource_id, asked_by, file_key, entry_index, s3_last_modified, 
        get_path(resource, 'code.coding[0].code')::varchar as code, get_path(resource, 'code.coding[0].display')::varchar as display, get_path(resource, 'code.text')::varchar as code_text
    from medication_resources as documents
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
    from FHIR.staging.base_claims as c
    inner join changed on changed.patient_id = c.patient_id
    where c.is_pharmacy = 1 and c.is_first = 1 and c.prescription_id is not null
),

encounters as (
    select e.patient, e.id, e.payer, e.payer_name
    from FHIR.staging.stg_encounters as e
    inner join changed on changed.patient_id = e.patient
),

conditions as (
    select c.patient, c.id, max(c.code) as code, max(c.description) as description, max(c.abated_at) as abated_at
    from FHIR.staging.stg_conditions as c
    inner join changed on changed.patient_id = c.patient
    group by c.patient, c.id
),

joined as (
    select
        fields.resource_id,
        fields.patient_id,
        fields.file_key,
        fields.batch_no,
        fields.status,
        date_trunc('second', cast(convert_timezone('UTC', try_cast(fields.authored as timestamp_tz)) as timestamp_ntz)) as start,
        case
        when fields.encounter like 'urn:uuid:%' then substr(fields.encounter, 10)
        when position('|' in fields.encounter) > 0 then nullif(split_part(fields.encounter, '|', -1), '')
        else nullif(split_part(split_part(fields.encounter, '/_history/', 1), '/', -1), '')
    end as encounter_id,
        coalesce(fields.code, medications.code) as code,
        coalesce(fields.display, fields.code_text, medications.description) as description,
        case when fields.outside_reference is not null then 1 else 0 end as is_administered,
        case when fields.dosage is not null then 1 else 0 end as has_dosage,
        case
        when fields.reason like 'urn:uuid:%' then substr(fields.reason, 10)
        when position('|' in fields.reason) > 0 then nullif(split_part(fields.reason, '|', -1), '')
        else nullif(split_part(split_part(fields.reason, '/_history/', 1), '/', -1), '')
    end as condition_id,
        coalesce(conditions.code, fields.reason_code) as reasoncode,
        coalesce(fields.reason_display, conditions.description, fields.reason_code_display) as reasondescription,
        conditions.abated_at,
        claims.claim_id,
        claims.total,
        claims.payment_amount
    from fields
    left join medications on medications.resource_id = fields.resource_id
    left join claims on claims.patient_id = fields.patient_id and claims.prescription_id = fields.resource_id
    left join conditions on conditions.patient = fields.patient_id and conditions.id = case
        when fields.reason like 'urn:uuid:%' then substr(fields.reason, 10)
        when position('|' in fields.reason) > 0 then nullif(split_part(fields.reason, '|', -1), '')
        else nullif(split_part(split_part(fields.reason, '/_history/', 1), '/', -1), '')
    end
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
            when datediff('second', start, coalesce(stop, recorded.recorded_at)) < 30 * 86400 then 1
            else cast(floor(datediff('second', start, coalesce(stop, recorded.recorded_at)) / (30 * 86400.0)) as integer)
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
