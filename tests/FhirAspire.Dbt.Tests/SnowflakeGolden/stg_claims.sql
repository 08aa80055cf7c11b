with changed as (
    select patient_id, batch_no from FHIR.staging.base_patients where batch_no > 0
),

claims as (
    select c.*, changed.batch_no as version
    from FHIR.staging.base_claims as c
    inner join changed on changed.patient_id = c.patient_id
),

encounters as (
    select e.*, cast(e.start as date) as day
    from FHIR.staging.stg_encounters as e
    inner join changed on changed.patient_id = e.patient
),

patients as (
    select p.id, p.birthdate, p.recorded_at
    from FHIR.staging.stg_patients as p
    inner join changed on changed.patient_id = p.id
),

conditions as (
    select c.patient, c.encounter, c.id, c.code, c.onset_at, c.stop, c.file_key, c.entry_index
    from FHIR.staging.stg_conditions as c
    inner join changed on changed.patient_id = c.patient
    where c.code is not null
),

-- the reason, then the conditions of the encounter in the order of the bundle; neither: the encounter's type
diagnosis_candidates as (
    select patient, id as encounter, reasoncode as code, 0 as kind, '' as file_key, 0 as entry_index from encounters where reasoncode is not null
    union all
    select patient, encounter, code, 1 as kind, file_key, entry_index from conditions where encounter is not null
),

diagnoses as (
    select patient, encounter, code, row_number() over (partition by patient, encounter order by kind, entry_index, file_key) as place
    from diagnosis_candidates
),

diagnosis_columns as (
    select
        patient, encounter,
        max(case when place = 1 then code end) as diagnosis1,
        max(case when place = 2 then code end) as diagnosis2,
        max(case when place = 3 then code end) as diagnosis3,
        max(case when place = 4 then code end) as diagnosis4,
        max(case when place = 5 then code end) as diagnosis5,
        max(case when place = 6 then code end) as diagnosis6,
        max(case when place = 7 then code end) as diagnosis7,
        max(case when place = 8 then code end) as diagnosis8
    from diagnoses
    group by patient, encounter
),

illnesses as (
    select d.patient, d.encounter, min(c.onset_at) as onset_at
    from diagnoses as d
    inner join conditions as c on c.patient = d.patient and c.code = d.code
    where c.stop is null and d.place <= 8
    group by d.patient, d.encounter
),

joined as (
    select
        claims.claim_id,
        claims.patient_id,
        claims.encounter_id,
        claims.prescription_id,
        claims.is_pharmacy,
        claims.payer_name,
        claims.total,
        claims.payment_amount,
        claims.file_key,
        claims.version,
        encounters.provider,
        encounters.organization,
        encounters.encounterclass,
        encounters.code as encounter_code,
        encounters.start,
        encounters.stop,
        patients.birthdate,
        case
            when encounters.stop is null then null
            when encounters.stop < patients.recorded_at then 'CLOSED'
            when patients.recorded_at is not null then 'BILLED'
        end as status,
        diagnosis_columns.diagnosis1, diagnosis_columns.diagnosis2, diagnosis_columns.diagnosis3, diagnosis_columns.diagnosis4, diagnosis_columns.diagnosis5, diagnosis_columns.diagnosis6, diagnosis_columns.diagnosis7, diagnosis_columns.diagnosis8, 
        illnesses.onset_at,
        case when claims.payer_name <> 'NO_INSURANCE' then (
        substr(md5(coalesce(known_payers.number, '') || claims.payer_name), 1, 8) || '-' || substr(md5(coalesce(known_payers.number, '') || claims.payer_name), 9, 4) || '-3' || substr(md5(coalesce(known_payers.number, '') || claims.payer_name), 14, 3)
        || '-' || substr('89ab89ab89ab89ab', position(substr(md5(coalesce(known_payers.number, '') || claims.payer_name), 17, 1) in '0123456789abcdef'), 1)
        || substr(md5(coalesce(known_payers.number, '') || claims.payer_name), 18, 3) || '-' || substr(md5(coalesce(known_payers.number, '') || claims.payer_name), 21, 12)
    ) end as payer_id
    from claims
    left join encounters on encounters.patient = claims.patient_id and encounters.id = claims.encounter_id
    left join patients on patients.id = claims.patient_id
    left join diagnosis_columns on diagnosis_columns.patient = claims.patient_id and diagnosis_columns.encounter = claims.encounter_id
    left join illnesses on illnesses.patient = claims.patient_id and illnesses.encounter = claims.encounter_id
    left join FHIR.staging.payers as known_payers on known_payers.name = claims.payer_name
),

departed as (
    select
        joined.*,
        case
            when joined.encounterclass = 'wellness'
                then case when joined.start < dateadd('year', 18, cast(joined.birthdate as timestamp_ntz)) then 10 else 20 end
            else encounter_classes.departmentid
        end as departmentid
    from joined
    left join FHIR.staging.encounter_classes as encounter_classes on encounter_classes.encounterclass = joined.encounterclass
)

select
    claim_id as id,
    patient_id as patientid,
    provider as providerid,
    payer_id as primarypatientinsuranceid,
    cast(null as varchar) as secondarypatientinsuranceid,
    departmentid,
    departmentid as patientdepartmentid,
    coalesce(diagnosis1, encounter_code) as diagnosis1,
    diagnosis2,
    diagnosis3,
    diagnosis4,
    diagnosis5,
    diagnosis6,
    diagnosis7,
    diagnosis8,
    cast(null as varchar) as referringproviderid,
    encounter_id as appointmentid,
    case when onset_at < start then onset_at else start end as currentillnessdate,
    start as servicedate,
    provider as supervisingproviderid,
    status as status1,
    -- with a secondary payer these are empty in the CSV; FHIR has none, and Medicare is where they occur
    case when payer_name <> 'Medicare' or payer_name is null then status end as status2,
    status as statusp,
    case when status = 'CLOSED' then cast(0 as decimal(18, 2)) end as outstanding1,
    case when status = 'CLOSED' and (payer_name <> 'Medicare' or payer_name is null) then cast(0 as decimal(18, 2)) end as outstanding2,
    case when status = 'CLOSED' then cast(0 as decimal(18, 2)) end as outstandingp,
    case when status = 'CLOSED' then stop else start end as lastbilleddate1,
    case when payer_name <> 'Medicare' or payer_name is null then case when status = 'CLOSED' then stop else start end end as lastbilleddate2,
    case when status = 'CLOSED' then stop else start end as lastbilleddatep,
    cast(null as integer) as healthcareclaimtypeid1,
    cast(null as integer) as healthcareclaimtypeid2,
    is_pharmacy,
    prescription_id,
    payer_name,
    total,
    payment_amount as fhir_payment_amount,
    organization,
    file_key,
    version as batch_no
from departed
