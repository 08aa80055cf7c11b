with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

medications as (
    select m.* from FHIR.staging.stg_medications as m inner join changed on changed.patient_id = m.patient
),

conditions as (
    select
        c.patient, c.id, max(c.code) as code, max(c.description) as description,
        min(c.onset_at) as onset_at, max(c.abated_at) as abated_at
    from FHIR.staging.stg_conditions as c
    inner join changed on changed.patient_id = c.patient
    group by c.patient, c.id
)

select
    medications.id,
    medications.patient,
    medications.encounter,
    medications.code,
    medications.description,
    medications.start,
    medications.reasoncode,
    medications.reasondescription,
    conditions.id as condition_id,
    conditions.onset_at as condition_onset_at,
    conditions.abated_at as condition_abated_at,
    datediff('day', cast(conditions.onset_at as date), cast(medications.start as date)) as days_since_onset,
    case when conditions.id is not null then 'condition' else 'code' end as reason_source,
    medications.batch_no
from medications
left join conditions on conditions.patient = medications.patient and conditions.id = medications.reason_condition_id
where medications.reasoncode is not null
