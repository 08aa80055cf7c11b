-- A claim's total is the encounter's price plus its first lines: which lines were added after pricing is not said. The price of
-- a (state, class, type) is a constant, so it is the remainder that the most claims share, over all numbers of lines left in; of
-- several the least. Read are the counts that have changed: what had most of the others before still has, unless it lost claims,
-- and then all counts of its key are looked at. batch_no tells when a price changed, which makes the patients it concerns anew.
with fresh as (
    select price_key, state, encounterclass, code, remainder, claims
    from FHIR.staging.base_encounter_counts
    where batch_no > 0
),

touched as (
    select price_key, max(state) as state, max(encounterclass) as encounterclass, max(code) as code from fresh group by price_key
),

candidates as (
    select price_key, remainder, claims from fresh
),

most as (
    select price_key, max(claims) as claims from candidates where claims > 0 group by price_key
),

best as (
    select most.price_key, most.claims, min(candidates.remainder) as price
    from most
    inner join candidates on candidates.price_key = most.price_key and candidates.claims = most.claims
    group by most.price_key, most.claims
)

-- a key that has no claims left keeps its row, without a price
select
    touched.price_key, touched.state, touched.encounterclass, touched.code, best.price, best.claims,
    cast(0 + 1 as bigint) as batch_no,
    (select max(batch_no) from FHIR.staging.base_encounter_counts) as counted_batch_no
from touched
left join best on best.price_key = touched.price_key
