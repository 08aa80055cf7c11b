-- How many claims share a remainder, by type of encounter and (code null) by class. Only what the ledger has moved is counted anew.
with moved as (
    select state, encounterclass, code, remainder, claims, batch_no from FHIR.staging.base_encounter_remainders where batch_no > 0
),

levels as (
    select state, encounterclass, code, remainder, claims, batch_no from moved where code <> ''
    union all
    select state, encounterclass, cast(null as varchar) as code, remainder, claims, batch_no from moved
),

priced as (
    select coalesce(state, '') || '|' || coalesce(encounterclass, '') || '|' || coalesce(code, '') as price_key, levels.* from levels
),

sums as (
    select
        price_key || '|' || cast(cast(remainder as decimal(18, 2)) as varchar) as count_key,
        price_key, remainder, max(state) as state, max(encounterclass) as encounterclass, max(code) as code, sum(claims) as claims, max(batch_no) as batch_no
    from priced
    group by price_key, remainder
)

select
    sums.count_key, sums.price_key, sums.state, sums.encounterclass, sums.code, sums.remainder,
    cast(sums.claims as bigint) as claims,
    sums.batch_no
from sums
