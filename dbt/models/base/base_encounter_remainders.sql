{{ config(unique_key='patient_id', post_hook="{{ remove_vanished_rows(ref('base_patient_versions')) }}") }}

with changed as (
    select patient_id, batch_no, recorded_at from {{ ref('base_patient_versions') }} where batch_no > {{ last_batch() }}
),

encounters as (
    select
        e.patient_id, e.encounter_id, e.claim_id, e.state, e.encounterclass, e.code, e.total, changed.batch_no
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
)

select patient_id, state, encounterclass, code, remainder, count(distinct claim_id) as claims, batch_no
from running
where remainder >= 50
group by patient_id, state, encounterclass, code, remainder, batch_no
