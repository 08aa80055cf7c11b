{{ config(unique_key='patient_id', incremental_strategy='append') }}

-- A ledger: what a patient's new version has more or less claims of than the versions before, so that counts over all patients are kept
-- without reading all patients. The sum over a patient's rows is what the newest version has.
with changed as (
    select patient_id, batch_no, recorded_at from {{ ref('base_patient_versions') }} where batch_no > {{ last_batch() }}
),

encounters as (
    select
        e.patient_id, e.encounter_id, e.claim_id, e.state, e.encounterclass, e.code, e.total
    from {{ ref('base_encounters') }} as e
    inner join changed on changed.patient_id = e.patient_id{{ narrowed('e.patient_id') }}
    where e.total is not null
        and (changed.recorded_at is null or e.started_at >= {{ add_interval('year', '-' ~ var('years_of_history'), 'changed.recorded_at') }})
),

items as (
    select i.claim_id, i.item_index, coalesce(i.net, 0) as net
    from {{ ref('base_claim_items') }} as i
    inner join changed on changed.patient_id = i.patient_id{{ narrowed('i.patient_id') }}
),

running as (
    select
        encounters.*,
        encounters.total - coalesce(sum(items.net) over (partition by encounters.claim_id order by items.item_index rows unbounded preceding), 0) as remainder
    from encounters
    left join items on items.claim_id = encounters.claim_id
),

counted as (
    select patient_id, state, encounterclass, code, remainder, count(distinct claim_id) as claims
    from running
    where remainder >= 50
    group by patient_id, state, encounterclass, code, remainder
    {%- if is_incremental() %}
    union all
    select known.patient_id, known.state, known.encounterclass, known.code, known.remainder, -known.claims
    from {{ this }} as known
    inner join changed on changed.patient_id = known.patient_id{{ narrowed('known.patient_id') }}
    {%- endif %}
),

moved as (
    select patient_id, state, encounterclass, code, remainder, sum(claims) as claims
    from counted
    group by patient_id, state, encounterclass, code, remainder
    having sum(claims) <> 0
)

select
    moved.patient_id, moved.state, moved.encounterclass, moved.code, moved.remainder, cast(moved.claims as bigint) as claims, changed.batch_no
from moved
inner join changed on changed.patient_id = moved.patient_id
