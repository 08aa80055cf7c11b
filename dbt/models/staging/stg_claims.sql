{{ config(unique_key='patientid', post_hook="{{ replace_patients('patientid') }}") }}

with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

claims as (
    select c.*, changed.batch_no as version
    from {{ ref('base_claims') }} as c
    inner join changed on changed.patient_id = c.patient_id{{ narrowed('c.patient_id') }}
),

encounters as (
    select e.*, cast(e.start as date) as day
    from {{ ref('stg_encounters') }} as e
    inner join changed on changed.patient_id = e.patient{{ narrowed('e.patient') }}
),

patients as (
    select p.id, p.birthdate, p.recorded_at
    from {{ ref('stg_patients') }} as p
    inner join changed on changed.patient_id = p.id{{ narrowed('p.id') }}
),

conditions as (
    select c.patient, c.encounter, c.id, c.code, c.onset_at, c.stop, c.file_key, c.entry_index
    from {{ ref('stg_conditions') }} as c
    inner join changed on changed.patient_id = c.patient{{ narrowed('c.patient') }}
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
        patient, encounter
        {%- for place in range(1, 9) %},
        max(case when place = {{ place }} then code end) as diagnosis{{ place }}
        {%- endfor %}
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
        {% for place in range(1, 9) %}diagnosis_columns.diagnosis{{ place }}, {% endfor %}
        illnesses.onset_at,
        case when claims.payer_name <> 'NO_INSURANCE' then {{ payer_id('claims.payer_name') }} end as payer_id
    from claims
    left join encounters on encounters.patient = claims.patient_id and encounters.id = claims.encounter_id
    left join patients on patients.id = claims.patient_id
    left join diagnosis_columns on diagnosis_columns.patient = claims.patient_id and diagnosis_columns.encounter = claims.encounter_id
    left join illnesses on illnesses.patient = claims.patient_id and illnesses.encounter = claims.encounter_id
    left join {{ ref('payers') }} as known_payers on known_payers.name = claims.payer_name
),

departed as (
    select
        joined.*,
        case
            when joined.encounterclass = 'wellness'
                then case when joined.start < {{ add_interval('year', 18, 'joined.birthdate') }} then 10 else 20 end
            else encounter_classes.departmentid
        end as departmentid
    from joined
    left join {{ ref('encounter_classes') }} as encounter_classes on encounter_classes.encounterclass = joined.encounterclass
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
    {% for place in range(2, 9) %}diagnosis{{ place }},
    {% endfor -%}
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
