{{ config(unique_key='patientid', post_hook="{{ replace_patients('patientid') }}") }}

-- Every charge, and the payments of claims without insurance. Payments and transfers of insured claims rest on plan data that is
-- not in FHIR: they are left out, not invented.
with changed as (
    {{ changed_patients(ref('base_patients')) }}
),

claims as (
    select c.*
    from {{ ref('stg_claims') }} as c
    inner join changed on changed.patient_id = c.patientid{{ narrowed('c.patientid') }}
),

encounters as (
    select e.*
    from {{ ref('stg_encounters') }} as e
    inner join changed on changed.patient_id = e.patient{{ narrowed('e.patient') }}
),

procedures as (
    select p.patient, p.id, p.code, p.description, p.start, p.stop
    from {{ ref('stg_procedures') }} as p
    inner join changed on changed.patient_id = p.patient{{ narrowed('p.patient') }}
),

immunizations as (
    select i.patient, i.id, i.code, i.description, i.date
    from {{ ref('stg_immunizations') }} as i
    inner join changed on changed.patient_id = i.patient{{ narrowed('i.patient') }}
),

medications as (
    select m.patient, m.id, m.code, m.description, m.start, m.stop
    from {{ ref('stg_medications') }} as m
    inner join changed on changed.patient_id = m.patient{{ narrowed('m.patient') }}
),

encounter_lines as (
    select
        claims.id as claimid, claims.patientid, -1 as line,
        encounters.code as procedurecode, encounters.description as notes,
        encounters.start as fromdate, encounters.stop as todate,
        encounters.base_encounter_cost as amount
    from claims
    inner join encounters on encounters.patient = claims.patientid and encounters.id = claims.appointmentid
    where claims.is_pharmacy = 0
),

items as (
    select
        i.claim_id, i.patient_id, i.item_index, i.procedure_id, i.information_id, coalesce(i.net, 0) as net,
        sum(coalesce(i.net, 0)) over (partition by i.patient_id, i.claim_id order by i.item_index rows unbounded preceding) as running
    from {{ ref('base_claim_items') }} as i
    inner join changed on changed.patient_id = i.patient_id{{ narrowed('i.patient_id') }}
),

priced_items as (
    -- a line that was added after the claim was priced costs nothing in the transactions
    select
        items.*,
        case when items.running > claims.total - encounters.base_encounter_cost + 0.005 then 0 else items.net end as amount
    from items
    inner join claims on claims.patientid = items.patient_id and claims.id = items.claim_id
    left join encounters on encounters.patient = claims.patientid and encounters.id = claims.appointmentid
    where claims.is_pharmacy = 0
),

procedure_lines as (
    select
        i.claim_id as claimid, i.patient_id as patientid, i.item_index as line,
        p.code as procedurecode, p.description as notes, p.start as fromdate, p.stop as todate, i.amount
    from priced_items as i
    inner join procedures as p on p.patient = i.patient_id and p.id = i.procedure_id
),

immunization_lines as (
    select
        i.claim_id as claimid, i.patient_id as patientid, i.item_index as line,
        m.code as procedurecode, m.description as notes, m.date as fromdate,
        cast('1970-01-01 00:00:00' as timestamp) as todate, i.amount
    from priced_items as i
    inner join immunizations as m on m.patient = i.patient_id and m.id = i.information_id
),

medication_lines as (
    select
        claims.id as claimid, claims.patientid, -1 as line,
        m.code as procedurecode, m.description as notes, m.start as fromdate,
        coalesce(m.stop, cast('1970-01-01 00:00:00' as timestamp)) as todate,
        claims.total as amount
    from claims
    inner join medications as m on m.patient = claims.patientid and m.id = claims.prescription_id
    where claims.is_pharmacy = 1
),

lines as (
    select * from encounter_lines
    union all
    select * from procedure_lines
    union all
    select * from immunization_lines
    union all
    select * from medication_lines
),

movements as (
    select lines.*, 'CHARGE' as type from lines
    union all
    select lines.*, 'PAYMENT' as type
    from lines
    inner join claims on claims.patientid = lines.patientid and claims.id = lines.claimid
    where claims.payer_name = 'NO_INSURANCE' and lines.amount > 0
)

select
    movements.claimid || '-' || cast(movements.line + 1 as varchar) || '-' || movements.type as id,
    movements.claimid,
    cast(null as bigint) as chargeid,
    movements.patientid,
    movements.type,
    case when movements.type = 'CHARGE' then cast(movements.amount as decimal(18, 2)) end as amount,
    cast(null as varchar) as method,
    movements.fromdate,
    movements.todate,
    claims.organization as placeofservice,
    movements.procedurecode,
    cast(null as varchar) as modifier1,
    cast(null as varchar) as modifier2,
    {% for place in range(1, 5) -%}
    case when claims.diagnosis{{ place }} is not null then {{ place }} end as diagnosisref{{ place }},
    {% endfor -%}
    1 as units,
    claims.departmentid,
    movements.notes,
    case when movements.type = 'CHARGE' then cast(movements.amount as decimal(18, 2)) else cast(0 as decimal(18, 2)) end as unitamount,
    cast(null as bigint) as transferoutid,
    case when movements.type = 'CHARGE' then case when claims.payer_name = 'NO_INSURANCE' then 'p' else '1' end end as transfertype,
    case when movements.type = 'PAYMENT' then cast(movements.amount as decimal(18, 2)) else cast(0 as decimal(18, 2)) end as payments,
    cast(0 as decimal(18, 2)) as adjustments,
    cast(null as decimal(18, 2)) as transfers,
    cast(0 as decimal(18, 2)) as outstanding,
    claims.appointmentid,
    cast(null as varchar) as linenote,
    case when claims.payer_name <> 'NO_INSURANCE' then claims.patientid end as patientinsuranceid,
    1 as feescheduleid,
    claims.providerid,
    claims.supervisingproviderid,
    movements.line as item_index,
    claims.file_key,
    claims.batch_no
from movements
inner join claims on claims.patientid = movements.patientid and claims.id = movements.claimid
