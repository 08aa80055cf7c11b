-- A claim's total is the encounter's price plus its first lines: which lines were added after pricing is not said. The price of
-- a (state, class, type) is a constant, so it is the remainder that the most claims share, over all numbers of lines left in.
-- Rebuilt from base_encounter_remainders; only prices that have changed are written, and make the patients they concern anew.
with remainders as (
    select state, encounterclass, code, remainder, claims from FHIR.staging.base_encounter_remainders
),

by_code as (
    select state, encounterclass, code, remainder, sum(claims) as claims from remainders group by state, encounterclass, code, remainder
),

by_class as (
    select state, encounterclass, remainder, sum(claims) as claims from remainders group by state, encounterclass, remainder
),

ranked as (
    select
        state, encounterclass, code, remainder, claims,
        row_number() over (partition by state, encounterclass, code order by claims desc, remainder) as place
    from by_code
    union all
    select
        state, encounterclass, cast(null as varchar) as code, remainder, claims,
        row_number() over (partition by state, encounterclass order by claims desc, remainder) as place
    from by_class
),

prices as (
    select
        coalesce(state, '') || '|' || coalesce(encounterclass, '') || '|' || coalesce(code, '') as price_key,
        state, encounterclass, code, remainder as price
    from ranked
    where place = 1
)

select
    prices.price_key, prices.state, prices.encounterclass, prices.code, prices.price,
    cast(0 + 1 as bigint) as batch_no
from prices
